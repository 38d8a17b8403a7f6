import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type AgiCall, AgiHangupError, AgiRouter, type AgiServer, createAgiServer } from 'asterisk-agi'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { encodeWav } from '@ura/api/speech/wav'
import { noisePrompt, writeNoisePrompts } from '../listening/noise-prompts.ts'
import { findAsteriskRoot } from './real-asterisk.ts'
import { neverOpen, startTelephony, type Telephony } from './telephony.ts'

const root = await findAsteriskRoot()

describe.runIf(root !== '')('the FastAGI library on a real Asterisk', () => {
  let soundsFolder: string
  let server: AgiServer
  let telephony: Telephony
  let handler: (call: AgiCall) => Promise<void>
  const errors: unknown[] = []

  beforeAll(async () => {
    soundsFolder = await mkdtemp(join(tmpdir(), 'ura-sounds-'))
    await writeNoisePrompts(soundsFolder, ['main-menu', 'system-unavailable', 'goodbye'])
    await writeFile(join(soundsFolder, 'blip.wav'), encodeWav(noisePrompt('blip', 20)))
    const router = new AgiRouter().script('helpdesk', (call) => handler(call))
    server = createAgiServer({ router, maxCalls: 2, onError: (error) => errors.push(error) })
    const { port } = await server.listen({ port: 0, host: '127.0.0.1' })
    telephony = await startTelephony({ root, agiServers: [`127.0.0.1:${port}`], soundsFolder })
  })

  afterAll(async () => {
    await telephony?.stop()
    await server?.close({ drainMs: 0 })
    await rm(soundsFolder, { recursive: true, force: true })
  })

  afterEach(() => telephony.hangUpAll())

  it('plays, collects digits, keeps values whole and says where to go', async () => {
    const seen: unknown[] = []
    handler = async (call) => {
      seen.push(await call.getData('ura/main-menu', 5_000, 10))
      await call.setVariables({ URA_USER: '1001', URA_DISPLAY: 'João "Zé", (1001)' })
      seen.push(await call.getFullVariable('${URA_DISPLAY}'), await call.getVariable('URA_USER'))
      seen.push(await call.getOption('ura/main-menu', '0123456789*#', 5_000))
      seen.push(await call.streamFile('ura/no-such-prompt'))
      await call.setVariable('URA_NEXT', 'hangup')
    }
    const call = await telephony.dial({ callerId: '2001', extension: '7000' })
    await call.waitForCommand(/GET DATA/)
    await call.press('0123#')
    await call.waitForCommand(/GET OPTION/)
    await call.press('*')
    await call.ended
    expect(seen).toMatchObject([
      { digits: '0123', timedOut: false },
      'João "Zé", (1001)',
      '1001',
      { kind: 'key', key: '*' },
      { kind: 'failed' },
    ])
  })

  it('sets and reads several variables in one round trip each, whatever is in them and however long', async () => {
    const odd = 'João "Zé" (1001) \\ & ${NOT} 100% a=b; c'
    const long = 'ção)'.repeat(900)
    const commands: string[] = []
    let values: Record<string, string> = {}
    handler = async (call) => {
      await call.setVariables({ URA_USER: '1001', URA_ROUND: '2', URA_DISPLAY: odd })
      await call.setVariable('URA_LONG', long)
      values = await call.getVariables([
        'URA_USER',
        'URA_ROUND',
        'URA_DISPLAY',
        'CALLERID(num)',
        'URA_NOT_SET',
        'URA_LONG',
      ])
      await call.setVariable('URA_NEXT', 'hangup')
    }
    const call = await telephony.dial({ callerId: '2001', extension: '7000' })
    await call.ended
    for (const event of call.uraEvents) {
      if (event['Event'] === 'AGIExecStart') commands.push(event['Command']?.split(' "')[0] ?? '')
    }
    expect(values).toEqual({
      URA_USER: '1001',
      URA_ROUND: '2',
      URA_DISPLAY: odd,
      'CALLERID(num)': '2001',
      URA_NOT_SET: '',
      URA_LONG: long,
    })
    // MSet for the plain ones, SET VARIABLE for the others; one list, and the value that a function would cut by itself.
    expect(commands).toEqual([
      'EXEC',
      'SET VARIABLE',
      'SET VARIABLE',
      'GET FULL VARIABLE',
      'GET FULL VARIABLE',
      'SET VARIABLE',
    ])
  })

  it.each<[string, (call: AgiCall) => Promise<unknown>]>([
    ['a playback', (call) => call.streamFile('ura/main-menu', '123')],
    ['the wait of GET OPTION', (call) => call.getOption('ura/blip', '123', 30_000)],
    ['the wait of GET DATA', (call) => call.getData('ura/blip', 30_000, 4)],
    ['WAIT FOR DIGIT', (call) => call.waitForDigit(30_000)],
    [
      'work of the server alone',
      (call) => once(call.signal, 'abort').then(() => Promise.reject(call.signal.reason)),
    ],
  ])('tells a hangup during %s as such, at once', async (_, work) => {
    const { promise: outcome, resolve } = Promise.withResolvers<unknown>()
    handler = async (call) => {
      await call.noop()
      await work(call).catch(resolve)
      resolve('no error')
    }
    const call = await telephony.dial({ callerId: '2001', extension: '7000' })
    await call.waitForUraEvent('the end of NOOP', ({ Event }) => Event === 'AGIExecEnd')
    await delay(300) // nothing tells from outside that the blip of 20 ms is over and the wait has begun
    const hungUpAt = performance.now()
    await call.hangup()
    expect(await outcome).toBeInstanceOf(AgiHangupError)
    expect(performance.now() - hungUpAt).toBeLessThan(1_000)
    expect(errors).toEqual([])
  })

  it('turns a call away when it is full, and the caller hears the apology', async () => {
    await telephony.setGlobal('URA_HOURS', neverOpen)
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    handler = async (call) => {
      await call.noop()
      await held
      await call.setVariable('URA_NEXT', 'hangup')
    }
    const [first, second] = await Promise.all(
      ['2001', '2002'].map((callerId) => telephony.dial({ callerId, extension: '7000' })),
    )
    await first?.waitForCommand(/NOOP/)
    await second?.waitForCommand(/NOOP/)
    const third = await telephony.dial({ callerId: '2003', extension: '7000' })
    const apology = await third.waitForUraEvent(
      'the apology',
      ({ Application }) => Application === 'Playback',
    )
    expect(apology['AppData']).toBe('ura/system-unavailable')
    release()
    for (const call of [first, second, third]) await call?.ended
    expect(errors).toEqual([])
  })
})
