import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findInOrder, heardScore } from '../listening/audio-match.ts'
import { noisePrompt, writeNoisePrompts } from '../listening/noise-prompts.ts'
import { type AgiStub, startAgiStub, type StubSession } from './agi-stub.ts'
import type { AmiMessage } from './ami.ts'
import type { Call } from './call.ts'
import { findAsteriskRoot } from './real-asterisk.ts'
import { neverOpen, startTelephony, type Telephony } from './telephony.ts'

const root = await findAsteriskRoot()

/** 7100 to 7102 ask for a step and tell what came of it; 7103 sets a bound of its own for the call before. */
const asking = `
exten => 7100,1,Answer()
 same => n,Set(cod_user=1001)
 same => n,MSet(URA_PROTOCOL=10025,audio_url_name=http://old/audio,cod_ver=1)
 same => n,Gosub(ura-step-open-ticket,s,1(,2-3))
 same => n,Goto(tell,s,1)
exten => 7101,1,Answer()
 same => n,Gosub(ura-step-verify-user,s,1(10#0*1))
 same => n,Gosub(ura-step-verify-code,s,1(,48a2 1))
 same => n,Goto(tell,s,1)
exten => 7102,1,Answer()
 same => n,Gosub(ura-step-check-hours,s,1)
 same => n,Goto(tell,s,1)
exten => 7103,1,Answer()
 same => n,Set(TIMEOUT(absolute)=90)
 same => n,Gosub(ura-step-send-code,s,1(1001))
 same => n,Goto(tell,s,1)

[tell]
exten => s,1,UserEvent(Told,Result: \${URA_RESULT},Server: \${URA_SERVER},Protocol: \${URA_PROTOCOL},Audio: \${audio_url_name},Verified: \${cod_ver},Open: \${URA_OPEN},Seconds: \${TIMEOUT(absolute)},ExitOnHangup: \${AGIEXITONHANGUP},Depth: \${STACK_PEEK(1,c,1)})
 ; The call stays until the test ends it: events of one that is over may come too late to be seen.
 same => n,Wait(60)
`

describe.runIf(root !== '')('the contexts of the steps on a real Asterisk', () => {
  let soundsFolder: string
  let first: AgiStub
  let second: AgiStub
  let telephony: Telephony

  beforeAll(async () => {
    soundsFolder = await mkdtemp(join(tmpdir(), 'ura-sounds-'))
    await writeNoisePrompts(soundsFolder, ['one-moment', 'out-of-hours'])
    first = await startAgiStub()
    second = await startAgiStub()
    telephony = await startTelephony({
      root,
      agiServers: [first.address, second.address],
      soundsFolder,
      dialplanFiles: ['ura-steps.conf'],
      extraExtensions: asking,
    })
  })
  afterAll(async () => {
    await telephony?.stop()
    await first?.stop()
    await second?.stop()
    await rm(soundsFolder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    for (const server of [first, second]) {
      await server.rise()
      server.script = succeed
    }
    await telephony.setGlobal('URA_HOURS', '*,*,*,*')
  })
  afterEach(() => telephony.hangUpAll())

  const succeed = async ({ send }: StubSession): Promise<void> => {
    await send('SET VARIABLE URA_RESULT started')
    await send('EXEC "MSet" "URA_PROTOCOL=10017,URA_RESULT=ok"')
  }
  const dieInMidStep = async ({ send, die }: StubSession): Promise<void> => {
    await send('SET VARIABLE URA_RESULT started')
    die()
  }

  /** Calls, and waits for what the dialplan tells at its end. */
  async function told(extension: string, timeoutMs?: number): Promise<AmiMessage> {
    const call = await telephony.dial({ callerId: '2001', extension })
    return toldBy(call, timeoutMs)
  }
  const toldBy = (call: Call, timeoutMs?: number): Promise<AmiMessage> =>
    call.waitForUraEvent('end of the dialplan', ({ UserEvent }) => UserEvent === 'Told', timeoutMs)

  it('give the server’s word and nothing of an earlier step', async () => {
    expect(await told('7100')).toMatchObject({
      Result: 'ok',
      Server: first.address,
      Protocol: '10017',
      Audio: '',
      ExitOnHangup: '',
      Depth: '',
    })
    expect(first.sessions.at(-1)).toMatchObject({
      agi_network_script: 'open-ticket?step=1',
      agi_arg_1: '1001',
      agi_arg_2: '2-3',
    })
  })

  it('let digits through and nothing else, and number the steps of a call', async () => {
    await told('7101')
    expect(first.sessions.slice(-2)).toMatchObject([
      { agi_network_script: 'verify-user?step=1', agi_arg_1: '1001' },
      { agi_network_script: 'verify-code?step=2', agi_arg_2: '4821' },
    ])
  })

  it('obey the server when a sound file was missing, although Asterisk then calls the session a failure', async () => {
    first.script = async (session) => {
      await session.send('STREAM FILE "ura/nowhere" ""')
      await succeed(session)
    }
    const before = second.sessions.length
    expect(await told('7100')).toMatchObject({ Result: 'ok', Server: first.address })
    expect(second.sessions).toHaveLength(before)
  })

  it.each([
    ['is not there', async () => first.fall()],
    ['refuses', async () => void (first.script = async ({ send }) => void (await send('failure')))],
    ['dies in mid-step', async () => void (first.script = dieInMidStep)],
    ['ends without a word', async () => void (first.script = async () => {})],
  ])('ask the second server for the same step when the first %s', async (_what, breakIt) => {
    await breakIt()
    expect(await told('7100')).toMatchObject({ Result: 'ok', Server: second.address, Protocol: '10017' })
    expect(second.sessions.at(-1)).toMatchObject({
      agi_network_script: 'open-ticket?step=1',
      agi_arg_1: '1001',
      agi_arg_2: '2-3',
    })
  })

  it.each([
    ['are not there', async () => void (await Promise.all([first.fall(), second.fall()]))],
    [
      'die in mid-step',
      async () => {
        for (const server of [first, second]) server.script = dieInMidStep
      },
    ],
  ])(
    'are unavailable when both servers %s, and leave nothing that looks like an answer',
    async (_what, breakThem) => {
      await breakThem()
      expect(await told('7100')).toMatchObject({
        Result: 'unavailable',
        Protocol: '',
        Audio: '',
        Verified: '1',
      })
      expect(await told('7101')).toMatchObject({ Result: 'unavailable', Verified: '0' })
    },
  )

  it('are unavailable after 20 s with a server that falls silent, and go on with the caller', async () => {
    const { promise: never, resolve: release } = Promise.withResolvers<void>()
    first.script = () => never
    const startedAt = performance.now()
    expect(await told('7103', 30_000)).toMatchObject({ Result: 'unavailable', ExitOnHangup: '' })
    expect(performance.now() - startedAt).toBeGreaterThan(19_000)
    release()
  })

  it('give back the bound that the dialplan had set for the call', async () => {
    const { Seconds = '' } = await told('7103')
    expect(Number(Seconds)).toBeGreaterThan(80)
    expect(Number((await told('7100'))['Seconds'])).toBe(0)
  })

  it.each([
    ['open', '*,*,*,*', '1', []],
    ['closed', neverOpen, '0', ['out-of-hours']],
  ])('go by the emergency hours when no server is left: %s', async (_what, hours, open, prompts) => {
    await telephony.setGlobal('URA_HOURS', hours)
    await Promise.all([first.fall(), second.fall()])
    const call = await telephony.dial({ callerId: '2001', extension: '7102', record: true })
    expect(await toldBy(call)).toMatchObject({ Result: 'unavailable', Open: open })
    await call.hangup()
    const names = ['out-of-hours']
    const heard = findInOrder(
      await call.stopRecording(),
      names.map((name) => ({ name, sound: noisePrompt(name) })),
    )
    expect(heard.filter(({ score }) => score >= heardScore).map(({ name }) => name)).toEqual(prompts)
  })
})
