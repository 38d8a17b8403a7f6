import { describe, expect, it } from 'vitest'
import { NotSentError } from '../drivers/driver.ts'
import { eventually } from '../testing/eventually.ts'
import { FakeDriver } from '../testing/fake-driver.ts'
import { adminToken, startGateway } from '../testing/gateway-under-test.ts'
import { runGatewayAdmin } from './gateway-admin.ts'

/** A gateway with one message that came to a bad end, and an administrator at a terminal. */
async function start(options: { error?: Error; answer?: boolean | null } = {}) {
  const { error = new NotSentError('not_on_whatsapp', { retryable: false }), answer = null } = options
  const driver = new FakeDriver()
  const { gateway, send, request } = await startGateway({
    environment: { GATEWAY_ADMIN_TOKEN: adminToken },
    parts: { driver },
  })
  const { url } = await gateway.listen()
  const { id } = (await send({ phone: '+5545999990001', message: 'segredo' })).json<{ id: string }>()
  await eventually(() => driver.handovers.length).toBe(1)
  driver.last().fail(error)
  await eventually(async () => (await request({ url: `/api/messages/${id}` })).json().state).toMatch(
    /failed|unknown/,
  )
  const asked: string[] = []
  const run = async (...typed: string[]) => {
    const printed: string[] = []
    const errors: string[] = []
    const exitCode = await runGatewayAdmin({
      arguments: typed,
      environment: { GATEWAY_URL: url, GATEWAY_ADMIN_TOKEN: adminToken },
      terminal: {
        confirm:
          answer === null
            ? null
            : async (question) => {
                asked.push(question)
                return answer
              },
        progress: () => {},
      },
      print: (text) => void printed.push(text),
      printError: (text) => void errors.push(text),
    })
    return { exitCode, printed: printed.join('\n'), error: errors.join('\n') }
  }
  return { id, run, driver, asked, gateway }
}

describe('npm run gateway:admin', () => {
  it('lists and shows dead letters for people and for programs, masked', async () => {
    const { id, run } = await start()
    const list = await run('messages', 'list', '--state', 'failed')
    expect(list.exitCode).toBe(0)
    expect(list.printed).toMatch(
      new RegExp(
        `^${id} +falhou +not_on_whatsapp +10/03/2026, 14:30:00 +WhatsApp +\\+55 45 \\*{5}-0001 +texto de 7`,
        'm',
      ),
    )
    const shown = await run('messages', 'show', id)
    expect(shown.printed).toContain('sendo enviada')
    const data = await run('messages', 'list', '--json')
    expect(JSON.parse(data.printed)).toMatchObject({ messages: [{ id, state: 'failed' }], next: null })
    expect((await run('messages', 'list', '--state', 'expired')).printed).not.toContain(id)
    for (const { printed } of [list, shown, data]) {
      expect(printed).not.toMatch(/segredo|45999990001/)
    }
  })

  it('tells the status', async () => {
    const { run } = await start()
    const { printed } = await run('status')
    expect(printed).toMatch(/^WhatsApp +conectado \(fake: connected\)/m)
    expect(printed).toMatch(/^falhou +1$/m)
  })

  it('replays after a yes, and not without', async () => {
    const { id, run, driver, asked } = await start({ answer: true })
    const done = await run('messages', 'replay', id)
    expect(done.exitCode).toBe(0)
    expect(asked).toEqual(['Reenviar a mensagem a +55 45 *****-0001?'])
    await eventually(() => driver.contents).toEqual(['segredo', 'segredo'])
    driver.last().succeed()
    const again = await run('messages', 'replay', id)
    expect([again.exitCode, again.error]).toEqual([1, 'Esta mensagem já foi reenviada.'])
  })

  it('does nothing on a no, on a dry run, or where nobody can be asked', async () => {
    const { id, run, driver } = await start({ answer: false })
    expect(await run('messages', 'replay', id)).toMatchObject({ exitCode: 1, error: 'Nada foi feito.' })
    expect(await run('messages', 'replay', id, '--dry-run')).toMatchObject({
      exitCode: 0,
      printed: 'Seria reenviada a +55 45 *****-0001: texto de 7 caracteres.',
    })
    const { id: other, run: runAlone } = await start()
    expect((await runAlone('messages', 'replay', other)).error).toContain('Confirme com --yes.')
    expect(driver.handovers).toHaveLength(1)
  })

  it('replays a message that may have arrived only by force, and says what may happen', async () => {
    const { id, run, driver, asked } = await start({ error: new Error('socket hang up'), answer: true })
    const refused = await run('messages', 'replay', id, '--json')
    expect(refused.exitCode).toBe(1)
    expect(JSON.parse(refused.error)).toEqual({ error: expect.stringContaining('duas vezes') })
    expect((await run('messages', 'replay', id, '--force')).exitCode).toBe(0)
    expect(asked).toEqual([expect.stringContaining('chega duas vezes')])
    await eventually(() => driver.handovers.length).toBe(2)
    driver.last().succeed()
  })

  it.each([
    ['messages', 'list', '--state', 'sent'],
    ['messages', 'list', '--limit', '0'],
    ['messages', 'list', '--before', 'x'],
    ['messages', 'replay'],
    ['messages', 'remove', 'x'],
  ])('does not understand %s %s %s %s', async (...typed) => {
    const { run } = await start()
    expect((await run(...typed)).exitCode).toBe(2)
  })

  it('has help that needs no gateway', async () => {
    const { run, gateway } = await start()
    await gateway.close()
    const help = await run('messages', 'replay', '--help')
    expect([help.exitCode, help.printed]).toEqual([
      0,
      expect.stringContaining('npm run gateway:admin -- messages replay ID'),
    ])
    const unreached = await run('status')
    expect([unreached.exitCode, unreached.error]).toEqual([
      2,
      expect.stringContaining('O gateway não responde em'),
    ])
  })
})
