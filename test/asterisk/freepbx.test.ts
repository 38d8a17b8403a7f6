import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findInOrder, heardScore } from '../listening/audio-match.ts'
import { noisePrompt, writeNoisePrompts } from '../listening/noise-prompts.ts'
import { type AgiStub, startAgiStub, type StubSession } from './agi-stub.ts'
import type { Call } from './call.ts'
import { freepbx, freepbxContexts } from './freepbx-contexts.ts'
import { findAsteriskRoot } from './real-asterisk.ts'
import type { TechnicianCall } from './technician.ts'
import { neverOpen, startTelephony, technicianVoice, type Telephony } from './telephony.ts'

const root = await findAsteriskRoot()

/** Our dialplan on a real Asterisk whose other contexts are those of FreePBX 17, as `freepbx-contexts.ts` tells them. */
describe.runIf(root !== '')('the dialplan among the contexts of FreePBX', () => {
  let soundsFolder: string
  let server: AgiStub
  let telephony: Telephony

  const prompts = ['system-unavailable', 'goodbye', 'recording-notice']

  beforeAll(async () => {
    soundsFolder = await mkdtemp(join(tmpdir(), 'ura-sounds-'))
    server = await startAgiStub()
    telephony = await startTelephony({
      root,
      agiServers: [server.address],
      soundsFolder,
      queueSeconds: 2,
      extraExtensions: freepbxContexts,
    })
    await telephony.setGlobal('URA_QUEUE', freepbx.queue)
    await telephony.uraCommand(`database put TC ${freepbx.overriddenToOpen} true_sticky`)
  })

  afterAll(async () => {
    await telephony?.stop()
    await server?.stop()
    await rm(soundsFolder, { recursive: true, force: true })
  })

  beforeEach(async () => {
    await writeNoisePrompts(soundsFolder, prompts)
    await server.rise()
    server.script = toQueue
    telephony.technician.answers = true
    await telephony.setGlobal('URA_HOURS', neverOpen)
    await telephony.setGlobal('URA_TIME_CONDITION', '')
    await telephony.setGlobal('URA_TECHNICIAN_ANNOUNCEMENT', '')
    await telephony.setGlobal('URA_RECORDING', 'no')
  })

  afterEach(() => telephony.hangUpAll())

  const toQueue = async ({ send }: StubSession) => {
    await send('EXEC MSet "URA_NEXT=queue,URA_DISPLAY=João Conceição 1001"')
  }
  const hangUp = async ({ send }: StubSession) => void (await send('SET VARIABLE URA_NEXT hangup'))
  const dial = (extension = '7000') => telephony.dial({ callerId: '2001', extension, record: true })

  async function heardBy(call: Call, names: string[]): Promise<string[]> {
    const sounds = names.map((name) => ({
      name,
      sound: name === 'technician' ? technicianVoice : noisePrompt(name),
    }))
    const heard = findInOrder(await call.stopRecording(), sounds)
    return heard.filter(({ score }) => score >= heardScore).map(({ name }) => name)
  }

  /** A call that reaches the technician, from its beginning to the technician's display. */
  async function dialToTechnician(
    extension?: string,
  ): Promise<{ call: Call; technicianCall: TechnicianCall }> {
    const before = telephony.technician.calls.length
    const call = await dial(extension)
    await expect.poll(() => telephony.technician.calls.length, { timeout: 20_000 }).toBeGreaterThan(before)
    return { call, technicianCall: telephony.technician.calls[before]! }
  }

  /** A whole call in which the technician says a word. */
  async function talkToTechnician(extension?: string): Promise<Call> {
    const { call, technicianCall } = await dialToTechnician(extension)
    await technicianCall.spoken
    await call.hangup()
    return call
  }

  const eventsOf = (call: Call, name: string) => call.uraEvents.filter(({ Event }) => Event === name)
  const queueEntered = (call: Call) =>
    call.waitForUraEvent('the queue', ({ UserEvent }) => UserEvent === 'QueueEntered')

  describe('the queue of the GUI', () => {
    it('is given who calls, what the technician hears first, how long to wait and where to go back to', async () => {
      await telephony.setGlobal('URA_TECHNICIAN_ANNOUNCEMENT', 'ura/technician-announcement')
      const { call, technicianCall } = await dialToTechnician('7003')
      expect(technicianCall.callerName).toBe('João Conceição 1001')
      expect(await queueEntered(call)).toMatchObject({
        Announce: 'ura/technician-announcement',
        MaxWait: '2',
        Dest: 'ura-unanswered^s^1',
        Ivr: '',
      })
      await call.hangup()
    })

    it('gives an unanswered call back for a ticket, with its variables set anew each round', async () => {
      telephony.technician.answers = false
      const before = server.sessions.length
      const call = await dial()
      await call.ended
      const entries = server.sessions.slice(before).map((session) => session['agi_arg_1'])
      expect(entries).toEqual(['start', 'open-ticket', 'open-ticket'])
      const entered = call.uraEvents.filter(({ UserEvent }) => UserEvent === 'QueueEntered')
      expect(entered.map(({ Dest }) => Dest)).toEqual(Array(3).fill('ura-unanswered^s^1'))
      expect(await heardBy(call, ['goodbye'])).toEqual(['goodbye'])
    })
  })

  describe('a Time Condition of the GUI, when no server is there', () => {
    beforeEach(() => server.fall())

    // By the dialplan's steps: the apology comes so soon after the answer that a busy office records it too late.
    const playedIn = (call: Call) =>
      call.uraEvents
        .filter(({ Event, Application }) => Event === 'Newexten' && Application === 'Playback')
        .map(({ AppData }) => AppData)

    it.each([
      ['is open', freepbx.open],
      ['is closed by its times and opened by its feature code', freepbx.overriddenToOpen],
    ])('that %s leads to the queue', async (_, id) => {
      await telephony.setGlobal('URA_TIME_CONDITION', id)
      const call = await talkToTechnician()
      expect(playedIn(call)).toEqual(['ura/system-unavailable'])
    })

    it('that is closed leads to goodbye, whatever URA_HOURS says', async () => {
      await telephony.setGlobal('URA_HOURS', '*,*,*,*')
      await telephony.setGlobal('URA_TIME_CONDITION', freepbx.closed)
      const call = await dial()
      await call.ended
      expect(playedIn(call)).toEqual(['ura/system-unavailable', 'ura/goodbye'])
    })

    it('that was deleted from the GUI leaves the hours to URA_HOURS', async () => {
      await telephony.setGlobal('URA_HOURS', '*,*,*,*')
      await telephony.setGlobal('URA_TIME_CONDITION', '99')
      const { call, technicianCall } = await dialToTechnician()
      expect(technicianCall.answered).toBe(true)
      await call.hangup()
    })
  })

  describe('recording of transferred calls', () => {
    it('is off unless asked for: no notice, no recording', async () => {
      const call = await talkToTechnician()
      expect(eventsOf(call, 'MixMonitorStart')).toEqual([])
      expect(await heardBy(call, ['recording-notice'])).toEqual([])
    })

    it('begins after the notice, under the name that FreePBX gives it', async () => {
      await telephony.setGlobal('URA_RECORDING', 'yes')
      const call = await talkToTechnician('7003')
      const order = call.uraEvents.flatMap(({ Event, Application, AppData }) => {
        if (Event === 'MixMonitorStart') return ['recording']
        return Event === 'Newexten' && Application === 'Playback' ? [AppData] : []
      })
      expect(order).toEqual(['ura/recording-notice', 'recording'])
      const file = call.uraEvents.find(
        ({ Event, Variable }) => Event === 'VarSet' && /^_*CALLFILENAME$/.test(Variable ?? ''),
      )
      expect(file?.['Value']).toMatch(/^generic-4530000000-2001-\d{8}-\d{6}-[\d.]+$/)
      const names = ['recording-notice', 'technician']
      expect(await heardBy(call, names)).toEqual(names)
    })

    it('stops when nobody answers, so that the ticket is not recorded, and begins again with the next wait', async () => {
      await telephony.setGlobal('URA_RECORDING', 'yes')
      telephony.technician.answers = false
      const call = await dial()
      await call.ended
      const order = call.uraEvents.flatMap(({ Event, Application }) => {
        if (Event === 'MixMonitorStart' || Event === 'MixMonitorStop') return [Event]
        return Event === 'Newexten' && Application === 'AGI' ? ['conversation'] : []
      })
      const round = ['conversation', 'MixMonitorStart', 'MixMonitorStop']
      expect(order).toEqual([...round, ...round, ...round])
    })

    it('is left out when the notice can not be played', async () => {
      await telephony.setGlobal('URA_RECORDING', 'yes')
      await rm(join(soundsFolder, 'recording-notice.wav'))
      const call = await talkToTechnician()
      expect(eventsOf(call, 'MixMonitorStart')).toEqual([])
    })
  })

  describe('a Custom Destination with Return', () => {
    it.each([
      ['the conversation has ended', async () => void (server.script = hangUp)],
      ['no server is there and the office is closed', () => server.fall()],
    ])('goes on where the GUI says when %s', async (_, arrange) => {
      await arrange()
      const call = await dial('7002')
      await call.ended
      expect(call.uraEvents.some(({ UserEvent }) => UserEvent === 'WentOn')).toBe(true)
    })
  })
})
