import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type AgiStub, startAgiStub, type StubSession } from './agi-stub.ts'
import { findInOrder, heardScore } from '../listening/audio-match.ts'
import type { Call } from './call.ts'
import { noisePrompt, writeNoisePrompts } from '../listening/noise-prompts.ts'
import { findAsteriskRoot } from './real-asterisk.ts'
import { neverOpen, startTelephony, technicianVoice, type Telephony } from './telephony.ts'

const root = await findAsteriskRoot()

describe.runIf(root !== '')('the dialplan on a real Asterisk', () => {
  let soundsFolder: string
  let first: AgiStub
  let second: AgiStub
  let telephony: Telephony

  beforeAll(async () => {
    soundsFolder = await mkdtemp(join(tmpdir(), 'ura-sounds-'))
    await writeNoisePrompts(soundsFolder, ['main-menu', 'one-moment', 'system-unavailable', 'goodbye'])
    first = await startAgiStub()
    second = await startAgiStub()
    telephony = await startTelephony({
      root,
      agiServers: [first.address, second.address],
      soundsFolder,
      queueSeconds: 2,
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
      server.script = hangUp
    }
    telephony.technician.answers = true
    await telephony.setGlobal('URA_HOURS', '*,*,*,*')
    await telephony.setGlobal('URA_AGI_SECONDS_MAX', '300')
  })

  afterEach(() => telephony.hangUpAll())

  const hangUp = async ({ send }: StubSession) => void (await send('SET VARIABLE URA_NEXT hangup'))
  const dial = (extension = '7000') => telephony.dial({ callerId: '2001', extension, record: true })
  const countSessions = () => [first.sessions.length, second.sessions.length]

  /** Which of the prompts the caller heard, in this order and in whole. */
  async function heardBy(call: Call, names: string[]): Promise<string[]> {
    const sounds = names.map((name) => ({
      name,
      sound: name === 'technician' ? technicianVoice : noisePrompt(name),
    }))
    const heard = findInOrder(await call.stopRecording(), sounds)
    return heard.filter(({ score }) => score >= heardScore).map(({ name }) => name)
  }

  describe('a server that is not there', () => {
    it('is passed over for the second', async () => {
      await first.fall()
      const before = countSessions()
      const call = await dial()
      await call.ended
      expect(countSessions()).toEqual([before[0], before[1]! + 1])
    })

    it('is passed over when it refuses the call with "failure"', async () => {
      first.script = async ({ send }) => void (await send('failure'))
      const before = countSessions()
      const call = await dial()
      await call.ended
      expect(countSessions()).toEqual([before[0]! + 1, before[1]! + 1])
    })

    it('leaves the apology and, in office hours, the queue, when the second is gone too', async () => {
      await Promise.all([first.fall(), second.fall()])
      const call = await dial()
      const technicianCall = await telephony.technician.nextCall()
      expect(technicianCall).toMatchObject({ callerNumber: '2001', answered: true })
      await technicianCall.spoken
      await call.hangup()
      expect(await heardBy(call, ['system-unavailable', 'technician'])).toEqual([
        'system-unavailable',
        'technician',
      ])
    })

    it('leaves the apology and goodbye out of office hours', async () => {
      await telephony.setGlobal('URA_HOURS', neverOpen)
      await Promise.all([first.fall(), second.fall()])
      const callsBefore = telephony.technician.calls.length
      const call = await dial()
      await call.ended
      expect(await heardBy(call, ['system-unavailable', 'goodbye'])).toEqual([
        'system-unavailable',
        'goodbye',
      ])
      expect(telephony.technician.calls.length).toBe(callsBefore)
    })
  })

  describe('a server that breaks in mid-call', () => {
    it('ends in the apology and the queue, not on the second server', async () => {
      first.script = async ({ send, die }) => {
        await send('STREAM FILE "ura/main-menu" ""')
        die()
      }
      const before = countSessions()
      const call = await dial()
      await telephony.technician.nextCall()
      await call.hangup()
      expect(await heardBy(call, ['main-menu', 'system-unavailable'])).toEqual([
        'main-menu',
        'system-unavailable',
      ])
      expect(countSessions()[1]).toBe(before[1])
    })

    it('ends there too when it falls silent for longer than a conversation may last', async () => {
      await telephony.setGlobal('URA_AGI_SECONDS_MAX', '1')
      const { promise: never, resolve: release } = Promise.withResolvers<void>()
      first.script = () => never
      const call = await dial()
      await telephony.technician.nextCall()
      await call.hangup()
      release()
      expect(await heardBy(call, ['system-unavailable'])).toEqual(['system-unavailable'])
    })

    it('ends there too when a sound file had been missing, which makes the session a failure for Asterisk', async () => {
      first.script = async ({ send, die }) => {
        await send('SET VARIABLE URA_RESULT started')
        await send('STREAM FILE "ura/nowhere" ""')
        die()
      }
      const before = countSessions()
      const call = await dial()
      await telephony.technician.nextCall()
      await call.hangup()
      expect(await heardBy(call, ['system-unavailable'])).toEqual(['system-unavailable'])
      expect(countSessions()).toEqual([before[0]! + 1, before[1]])
    })

    it('is still obeyed when a sound file was missing, although Asterisk then calls the session a failure', async () => {
      first.script = async ({ send }) => {
        await send('STREAM FILE "ura/nowhere" ""')
        await send('SET VARIABLE URA_NEXT hangup')
      }
      const before = countSessions()
      const call = await dial()
      await call.waitForUraEvent(
        'the failure',
        ({ Variable, Value }) => Variable === 'AGISTATUS' && Value === 'FAILURE',
      )
      await call.ended
      expect(countSessions()).toEqual([before[0]! + 1, before[1]])
    })
  })

  describe('the queue', () => {
    const toQueue = async ({ send }: StubSession) => {
      await send('EXEC MSet "URA_NEXT=queue,URA_DISPLAY=João Conceição 1001"')
    }

    it('shows the technician who calls', async () => {
      first.script = toQueue
      const call = await dial()
      expect(await telephony.technician.nextCall()).toMatchObject({
        callerName: 'João Conceição 1001',
        callerNumber: '2001',
      })
      await call.hangup()
    })

    it('lets nothing through to the display that could be taken for a command or an address', async () => {
      first.script = async ({ send }) => {
        await send('SET VARIABLE URA_DISPLAY "a<sip:x@y>;b\\"c${SHELL(id)}, d) $[1+1] e"')
        await send('SET VARIABLE URA_NEXT queue')
      }
      const call = await dial()
      const { callerName } = await telephony.technician.nextCall()
      expect(callerName).toBe('asipxybcSHELLid d 11 e')
      await call.hangup()
    })

    it('leads back to opening a ticket when nobody answers, and to goodbye after the third round', async () => {
      telephony.technician.answers = false
      first.script = toQueue
      const before = first.sessions.length
      const call = await dial()
      await call.ended
      const entries = first.sessions
        .slice(before)
        .map((session) => [session['agi_arg_1'], session['agi_arg_2']])
      expect(entries).toEqual([
        ['start', '1'],
        ['open-ticket', '2'],
        ['open-ticket', '3'],
      ])
      expect(await heardBy(call, ['goodbye'])).toEqual(['goodbye'])
    })

    it('leads to apology and goodbye when nobody answers and no server is left', async () => {
      telephony.technician.answers = false
      await Promise.all([first.fall(), second.fall()])
      const call = await dial()
      await call.ended
      const names = ['system-unavailable', 'system-unavailable', 'goodbye']
      expect(await heardBy(call, names)).toEqual(names)
    })
  })

  describe('the way back', () => {
    const goBack = async ({ send }: StubSession) => void (await send('SET VARIABLE URA_NEXT return'))

    it('returns to the dialplan that entered by Gosub', async () => {
      first.script = goBack
      const call = await dial('7001')
      const back = await call.waitForUraEvent('the return', ({ UserEvent }) => UserEvent === 'CameBack')
      expect(back['Uniqueid']).toBe(call.uraUniqueId)
      await call.ended
    })

    it('ends the call that entered by Goto', async () => {
      first.script = goBack
      const call = await dial('7000')
      expect(await call.ended).toEqual({ cause: 16 })
    })
  })

  it('lets only digits of the calling number through', async () => {
    const call = await telephony.dial({ callerId: '"x" <+55(45)99999-0001>', extension: '7000' })
    await call.ended
    expect(first.sessions.at(-1)?.['agi_callerid']).toBe('5545999990001')
  })
})
