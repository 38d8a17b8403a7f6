import { createServer } from 'node:net'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'
import { AgiRouter, createAgiServer } from 'asterisk-agi'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freeTcpPorts } from '../../scripts/real-parts/free-port.ts'
import { findAsteriskRoot } from '../asterisk/real-asterisk.ts'
import {
  type FreePbxAsterisk,
  startFreePbxAsterisk,
  writeGeneratedDialplan,
  writeRecordings,
} from './freepbx-asterisk.ts'
import { createModuleWorld, type ModuleWorld } from './module-world.ts'
import { findPhpRoot } from './real-php.ts'

const phpRoot = await findPhpRoot()
const asteriskRoot = await findAsteriskRoot()

type Result = { name: string; status: string; found: string; advice: string }

describe.runIf(phpRoot !== '' && asteriskRoot !== '')('the FreePBX module beside a real Asterisk', () => {
  let world: ModuleWorld
  let asterisk: FreePbxAsterisk
  let agi: ReturnType<typeof createAgiServer>
  let agiAddress: string
  const listeners: Server[] = []

  /** A TCP server on loopback that does this with each connection. */
  async function listen(greeting: string): Promise<string> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      if (greeting !== '') socket.write(greeting)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    listeners.push(server)
    return `127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  beforeAll(async () => {
    const layout = await createModuleWorld({ root: phpRoot })
    asterisk = await startFreePbxAsterisk({ root: asteriskRoot, folder: layout.folder, dialplan: '' })
    world = layout.withAmi(asterisk.amiAccess)
    agi = createAgiServer({ router: checkRouter() })
    const { port } = await agi.listen({ port: 0, host: '127.0.0.1' })
    agiAddress = `127.0.0.1:${port}`
  })

  afterAll(async () => {
    for (const server of listeners) server.close()
    await agi?.close()
    await asterisk?.stop()
    await world?.remove()
  })

  const settings = () => ({
    server1: agiAddress,
    server2: '',
    queue: '600',
    queue_seconds: '60',
    time_condition: '1',
    recording: 'no',
    language: 'pt_BR',
  })
  const save = (changes: Record<string, string> = {}) => ({
    do: 'post',
    fields: { action: 'save-settings', ...settings(), ...changes },
  })
  const selfTest = async (): Promise<Result[]> =>
    (await world.run({ do: 'method', name: 'selfTest' }))[0] as Result[]
  const failures = async () => (await selfTest()).filter(({ status }) => status === 'failed')

  async function applyConfig(): Promise<void> {
    const [dialplan] = await world.run({ do: 'apply-config' })
    await writeGeneratedDialplan(world.folder, `${String(dialplan)}${testContexts}`)
    await asterisk.ami.command('dialplan reload')
  }

  describe('its settings', () => {
    it('hold over ura-globals.conf and over globals of other modules', async () => {
      await world.run(save({ queue: '700' }))
      await applyConfig()
      const globals = await asterisk.ami.command('dialplan show globals')
      expect(globals).toContain(`URA_SERVER1=${agiAddress}\n`)
      expect(globals).toContain('URA_QUEUE=700\n')
      // What the interface has no field for stays as ura-globals.conf has it.
      expect(globals).toContain('URA_AGI_SECONDS_MAX=1800\n')
    })

    it('are those of ura-globals.conf again once it is uninstalled', async () => {
      await world.run(save())
      await applyConfig()
      await world.run({ do: 'method', name: 'uninstall' })
      await applyConfig()
      expect(await asterisk.ami.command('dialplan show globals')).toContain('URA_SERVER1=127.0.0.1:4573\n')
      // A missing file is nothing to complain about for #tryinclude, as a plain Asterisk always has it.
      expect(await asterisk.readLog()).not.toContain('ura-globals-gui')
    })

    it('begin as what Asterisk goes by, where that is fit for them', async () => {
      await world.run({ do: 'method', name: 'uninstall' })
      await asterisk.ami.command('dialplan set global URA_QUEUE_SECONDS 45')
      const [begun] = await world.run({ do: 'method', name: 'settings' })
      // suporte-ti, the queue of ura-globals.conf, is a name for plain Asterisk: FreePBX numbers its queues.
      expect(begun).toMatchObject({ server1: '127.0.0.1:4573', queue_seconds: '45', queue: '' })
    })
  })

  describe('the self-test', () => {
    let sounds: string

    beforeEach(async () => {
      sounds = await writeRecordings(world.folder)
      await world.run({ do: 'method', name: 'uninstall' }, save())
      await applyConfig()
    })

    it('finds nothing to mend on a PBX that is well', async () => {
      expect(await failures()).toEqual([])
      expect((await selfTest()).length).toBeGreaterThan(8)
    })

    it('is shown as a page, with what to do', async () => {
      await world.run(save({ server1: '127.0.0.1:1' }))
      const [page] = await world.run({ do: 'get', fields: { view: 'selftest' } })
      expect(page).toContain('sem conexão')
      expect(page).toContain('Inicie o serviço agi lá; confira endereço, porta e firewall.')
    })

    it('says when Asterisk still goes by other settings', async () => {
      await world.run(save({ queue_seconds: '61' }))
      expect(await failures()).toMatchObject([{ found: 'diferente no Asterisk: URA_QUEUE_SECONDS' }])
    })

    it.each([
      [
        'extensions_custom.conf',
        '#include ura-helpdesk.conf',
        'extensions_custom.conf inclui ura-helpdesk.conf',
      ],
      ['globals_custom.conf', '#include ura-globals.conf', 'globals_custom.conf inclui ura-globals.conf'],
      [
        'ura-globals.conf',
        '#tryinclude ura-globals-gui.conf',
        'ura-globals.conf inclui ura-globals-gui.conf',
      ],
    ])('finds a missing or commented include in %s', async (file, line, name) => {
      const path = join(world.folder, 'etc', file)
      const before = await readFile(path, 'utf8')
      await writeFile(path, before.replace(line, `;${line}`))
      expect(await failures()).toMatchObject([{ name }])
      await writeFile(path, before)
    })

    it('finds a context that Asterisk has not loaded', async () => {
      await asterisk.ami.command('dialplan remove context ura-goodbye')
      expect(await failures()).toMatchObject([{ found: 'não carregados: ura-goodbye' }])
    })

    it('finds the context of a step that URA Chamados does not have there', async () => {
      await world.run(
        saveStep({
          name: 'Protocolo',
          step: 'verify-ticket',
          done: 'test-done,s,1',
          other: 'test-other,s,1',
        }),
      )
      expect(await failures()).toMatchObject([{ found: 'não carregados: ura-step-verify-ticket' }])
    })

    it('finds a missing recording', async () => {
      await rm(join(sounds, 'goodbye.wav'))
      expect((await failures())[0]?.found).toMatch(/^falta em .*pt_BR\/ura: goodbye$/)
    })

    it('finds a queue and a Time Condition that are gone', async () => {
      const kept = { ...settings(), queue: '601', time_condition: '7' }
      await world.run({ do: 'method', name: 'setConfig', arguments: ['settings', kept] })
      await applyConfig()
      expect((await failures()).map(({ found }) => found)).toEqual([
        'não há fila 601',
        'não há Time Condition 7',
      ])
    })

    it('finds the media cache unbounded', async () => {
      const path = join(world.folder, 'etc', 'res_http_media_cache.conf')
      const before = await readFile(path, 'utf8')
      await writeFile(path, before.replace('timeout_secs=1', ';timeout_secs=1'))
      expect((await failures())[0]?.advice).toContain('timeout_secs=1')
      await writeFile(path, before)
    })

    it('finds that a module does not run', async () => {
      const runs = (name: string) => ({ do: 'runs-module', name })
      expect(
        await world.run(runs('res_http_media_cache'), runs('chan_unistim'), runs('res_nowhere')),
      ).toEqual([true, false, false])
    })

    it('says of each server how it behaves', async () => {
      const silent = await listen('')
      const other = await listen('SSH-2.0-OpenSSH\r\n')
      await world.run(save({ server1: silent, server2: other }))
      await applyConfig()
      expect((await failures()).map(({ found }) => found)).toEqual([
        'aceita a conexão e fica calado por 2 s',
        'outra coisa responde nesta porta',
      ])
    })

    it('says so when Asterisk does not answer', async () => {
      const [results] = await world.withoutAmi().run({ do: 'method', name: 'selfTest' })
      const silent = (results as Result[]).filter(({ found }) => found === 'o Asterisk não responde')
      expect(silent.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed'])
    })
  })

  it('asks a server without making a call of it, and tells one that refuses', async () => {
    const seen: unknown[] = []
    const watched = createAgiServer({
      router: checkRouter().script('helpdesk', async () => void seen.push('a call')),
      onEvent: (event) => seen.push(event.type === 'call-ended' ? event.outcome : event.type),
    })
    const refusing = createAgiServer({ router: checkRouter(), allowedPeers: ['192.0.2.0/24'] })
    const other = await refusing.listen({ port: 0, host: '127.0.0.1' })
    const { port } = await watched.listen({ port: 0, host: '127.0.0.1' })
    const [free = 0] = await freeTcpPorts(1)
    const probe = (to: number) => ({ do: 'probe', server: `127.0.0.1:${to}`, timeoutSeconds: 2 })
    expect(await world.run(probe(port), probe(other.port), probe(free))).toEqual([
      'answers',
      'refuses',
      'unreachable',
    ])
    await Promise.all([watched.close(), refusing.close()])
    expect(seen).toEqual(['call-started', 'completed'])
  })

  describe('its steps, as Asterisk runs them', () => {
    beforeAll(async () => {
      const first = {
        name: 'Cadastro',
        step: 'verify-user',
        done: 'ura-gui-steps,step-2,1',
        other: 'test-other,s,1',
      }
      const second = { name: 'Código', step: 'verify-code', done: 'test-done,s,1', other: 'test-other,s,1' }
      const third = {
        name: 'Protocolo',
        step: 'verify-ticket',
        done: 'test-done,s,1',
        other: 'test-other,s,1',
      }
      await world.run({ do: 'method', name: 'uninstall' }, saveStep(first), saveStep(second), saveStep(third))
      await applyConfig()
    })

    /** Calls a step and keys an answer whenever it listens; gives what the test's contexts saw until it went on. */
    async function call(destination: string, answers: string[]): Promise<string[]> {
      const seen: string[] = []
      const { promise: end, resolve, reject } = Promise.withResolvers<void>()
      const key = async (channel: string, digits: string) => {
        for (const Digit of digits) {
          await asterisk.ami.send({ Action: 'PlayDTMF', Channel: channel.replace(/;2$/, ';1'), Digit })
        }
      }
      const stop = asterisk.ami.onEvent((event) => {
        if (event['Event'] === 'Newexten' && event['Application'] === 'Read') {
          key(event['Channel'] ?? '', answers.shift() ?? '').catch(reject)
        }
        if (event['Event'] !== 'UserEvent') return
        seen.push(event['Seen'] ?? '')
        if (event['UserEvent'] === 'StepEnd') resolve()
      })
      // Without sound the last digit would lie in Asterisk until the next frame came.
      await asterisk.ami.command(`channel originate Local/${destination}/n application Milliwatt`)
      await end.finally(stop)
      return seen
    }

    it('ask for digits, hand them over and go on to the next step', async () => {
      expect(await call('step-1@ura-gui-steps', ['1001#', '1234#'])).toEqual([
        'user 1001',
        'code 1001 1234',
        'done',
      ])
    })

    it('ask again after a wrong answer, three times in all', async () => {
      expect(await call('step-1@ura-gui-steps', ['1001#', '9#', '8#', '7#'])).toEqual([
        'user 1001',
        'code 1001 9',
        'code 1001 8',
        'code 1001 7',
        'other',
      ])
    })

    it('go on elsewhere when their context is not there', async () => {
      expect(await call('step-3@ura-gui-steps', [])).toEqual(['other'])
    })
  })
})

/** The script by which a server of URA Chamados says that it takes calls. */
const checkRouter = () => new AgiRouter().script('check', (call) => call.setVariable('URA_RESULT', 'checked'))

const saveStep = (step: { name: string; step: string; done: string; other: string }) => ({
  do: 'post',
  fields: {
    action: 'save-step',
    id: '0',
    name: step.name,
    step: step.step,
    goto0: 'A',
    A0: step.done,
    goto1: 'B',
    B1: step.other,
  },
})

/** Two contexts in place of URA Chamados' own steps, and the places that the steps lead to. */
const testContexts = `
[ura-step-verify-user]
exten => s,1,UserEvent(Step,Seen: user \${ARG1})
 same => n,MSet(URA_RESULT=ok,cod_user=\${ARG1})
 same => n,Return()

[ura-step-verify-code]
exten => s,1,UserEvent(Step,Seen: code \${ARG1} \${ARG2})
 same => n,Set(URA_RESULT=\${IF($["\${ARG2}" = "1234"]?ok:wrong)})
 same => n,Return()

[ura-step-play]
exten => s,1,Return()

[test-done]
exten => s,1,UserEvent(StepEnd,Seen: done)
 same => n,Hangup()

[test-other]
exten => s,1,UserEvent(StepEnd,Seen: other)
 same => n,Hangup()
`
