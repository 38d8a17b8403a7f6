import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { everyDigit } from './speech/dictation.ts'
import { clientToken, createTestApi } from './testing/test-api.ts'
import { createFakeClock } from './testing/fakes.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ura-api-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

const onDisk = () => ({ DATA_DIR: folder, DATABASE_URL: '' })

describe('a restart', () => {
  it('keeps sessions, limits, codes, keys and the numbering of tickets', async () => {
    const clock = createFakeClock()
    const ticket = { usuario: '1001', servico: '1-1' }
    const wrong = { usuario: '9999', telefone: '+5545988887777' }
    let session: string
    let code: string
    {
      await using before = await createTestApi(onDisk(), clock)
      session = before.session
      await before.post('/api/novo_chamado', ticket, { 'idempotency-key': 'k' })
      for (let time = 0; time < 10; time += 1) {
        await before.post('/api/verificar_usuario', wrong)
      }
      for (let time = 0; time < 3; time += 1) {
        await before.post('/api/solicitar_codigo', { usuario: '1001' })
      }
      code = before.gateway.codes.at(-1)?.code ?? ''
      await before.post('/api/verificar_codigo', { user: '1001', codigo: code === '0000' ? '1111' : '0000' })
    }
    await using after = await createTestApi(onDisk(), clock)
    const old = { authorization: `Bearer ${session}` }
    const tried = await after.post(
      '/api/verificar_codigo',
      { user: '1001', codigo: code === '9999' ? '1' : '9999' },
      old,
    )
    expect(tried.json()).toEqual({ status: false, tentativas_restantes: 3, motivo: 'incorreto' })
    expect((await after.post('/api/verificar_codigo', { user: '1001', codigo: code }, old)).json()).toEqual({
      status: true,
    })
    expect((await after.post('/api/verificar_usuario', wrong, old)).statusCode).toBe(429)
    expect((await after.post('/api/solicitar_codigo', { usuario: '1001' }, old)).statusCode).toBe(429)
    const again = await after.post('/api/novo_chamado', ticket, { ...old, 'idempotency-key': 'k' })
    expect([again.statusCode, again.json<{ protocolo: string }>().protocolo]).toEqual([200, '10017'])
    const next = await after.post('/api/novo_chamado', ticket, old)
    expect(next.json<{ protocolo: string }>().protocolo).toBe('10025')
  })

  it('with another HELPDESK_API_TOKEN ends the sessions of the old one', async () => {
    const { session } = await createAndClose(onDisk())
    await using after = await createTestApi({
      ...onDisk(),
      HELPDESK_API_TOKEN: 'another-token-of-the-client',
    })
    const answer = await after.get('/api/horario_atendimento', { authorization: `Bearer ${session}` })
    expect(answer.statusCode).toBe(401)
    const oldToken = { authorization: `Bearer ${clientToken}` }
    expect((await after.post('/api/autenticar_sessao', {}, oldToken)).statusCode).toBe(401)
  })

  it("doesn't bring back sample users that were removed, nor a catalogue that was changed", async () => {
    {
      await using before = await createTestApi(onDisk())
      await before.api.db.deleteFrom('users').where('code', '!=', '1001').execute()
      await before.api.db.updateTable('catalogue_categories').set({ active: 0 }).where('id', '>', 1).execute()
    }
    await using after = await createTestApi(onDisk())
    expect(await after.api.db.selectFrom('users').select('code').execute()).toEqual([{ code: '1001' }])
    const catalogue = (await after.get('/api/servicos')).json<{ categorias: unknown[] }>()
    expect(catalogue.categorias).toHaveLength(1)
  })
})

describe('the database file', () => {
  it('is for its owner alone', async () => {
    await createAndClose(onDisk())
    const { mode } = await stat(join(folder, 'helpdesk.sqlite'))
    expect(mode & 0o077).toBe(0)
  })
})

describe('over real HTTP', () => {
  it('200 tickets opened at once on disk get 200 protocols', async () => {
    await using test = await createTestApi(onDisk())
    const { url, port } = await test.api.listen()
    expect(url).toBe(`http://127.0.0.1:${port}`)
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const response = await fetch(`${url}/api/novo_chamado`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${test.session}`,
            'content-type': 'application/json',
            'idempotency-key': `call-${index}:open:1`,
          },
          body: JSON.stringify({ usuario: '1001', servico: '2-2' }),
        })
        return {
          status: response.status,
          body: (await response.json()) as { protocolo: string; url: string },
        }
      }),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    expect(new Set(answers.map(({ body }) => body.protocolo)).size).toBe(200)
    const audio = await fetch(answers[0]?.body.url ?? '')
    expect([audio.status, audio.headers.get('content-type')]).toEqual([200, 'audio/x-wav'])
  })

  it('expired audio and old idempotency keys go at start, and every hour', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    await using test = await createTestApi()
    const ticket = { usuario: '1001', servico: '2-2' }
    await test.post('/api/novo_chamado', ticket, { 'idempotency-key': 'old' })
    test.clock.advance({ hours: 7 * 24 + 1 })
    await test.api.listen()
    const keys = () => test.api.db.selectFrom('idempotency_keys').select('idempotency_key').execute()
    await vi.waitFor(async () => expect([test.speech.sweeps, await keys()]).toEqual([1, []]))
    vi.advanceTimersByTime(3_600_000)
    expect(test.speech.sweeps).toBe(2)
    await test.api.close()
    vi.advanceTimersByTime(3_600_000)
    expect(test.speech.sweeps).toBe(2)
  })

  it('menus are spoken ahead once it listens, and closing ends everything', async () => {
    const test = await createTestApi()
    const { url } = await test.api.listen()
    await expect.poll(() => test.speech.spoken.length).toBe(7 + everyDigit.length)
    await test.api.close()
    await test.api.close()
    await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed')
  })
})

async function createAndClose(changes: Record<string, string>): Promise<{ session: string }> {
  await using test = await createTestApi(changes)
  return { session: test.session }
}
