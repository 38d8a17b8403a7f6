import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { promptIds } from '@ura/agi/prompts/ids'
import { makeTone } from '@ura/agi/voice-note/recording-session'
import type { PcmAudio } from '@ura/api/speech/synthesizer'
import { decodeWav } from '@ura/api/speech/wav'
import { readVoiceNote } from '@ura/api/tickets/voice-notes/voice-note-repository'
import { searchable, heardScore } from '../listening/audio-match.ts'
import { filesPlayed } from '../listening/heard-files.ts'
import { writeNoisePrompts } from '../listening/noise-prompts.ts'
import { HelpdeskSystem } from '../support/helpdesk-system.ts'
import { TestClock } from '../support/test-clock.ts'
import type { Call } from './call.ts'
import { findAsteriskRoot } from './real-asterisk.ts'
import { neverOpen, startTelephony, technicianVoice, type Telephony } from './telephony.ts'

const root = await findAsteriskRoot()
/** Longer than the tone before a recording. */
const toneIsOverMs = 700

describe.runIf(root !== '')('a voice note on a real Asterisk, through the trunk', () => {
  const clock = new TestClock()
  let sounds: string
  let system: HelpdeskSystem
  let telephony: Telephony

  beforeAll(async () => {
    sounds = await mkdtemp(join(tmpdir(), 'ura-pack-'))
    await writeNoisePrompts(sounds, promptIds)
    system = await HelpdeskSystem.start({
      clock,
      environment: { VOICE_NOTES: 'true', AUDIOSOCKET_PORT: '0', VOICE_NOTE_SECONDS_MAX: '5' },
    })
    telephony = await startTelephony({
      root,
      agiServers: [`127.0.0.1:${system.agiPorts[0]}`],
      soundsFolder: sounds,
      openTimes: neverOpen,
    })
  })
  afterAll(async () => {
    await telephony?.stop()
    await system?.stop()
    await rm(sounds, { recursive: true, force: true })
  })
  beforeEach(() => clock.advanceToMonday())
  afterEach(() => telephony.hangUpAll())

  async function answer(call: Call, question: RegExp, keys: string): Promise<void> {
    await call.waitForCommand(question, 30_000)
    await call.press(keys)
  }

  /** Opens a ticket and takes the offer; resolves when the tone is over. */
  async function beginToDescribe(): Promise<Call> {
    await system.forgetCodes()
    const call = await telephony.dial({ callerId: '2001', extension: '7000' })
    await answer(call, /ura\/main-menu/, '1')
    await answer(call, /ura\/ask-registration/, '1001#')
    await answer(call, /ura\/ask-access-code/, (await system.newestCode()) ?? 'none')
    await answer(call, /ura\/confirm-name-after/, '1')
    await answer(call, /GET OPTION "http/, '2')
    await answer(call, /GET OPTION "http/, '2')
    await answer(call, /ura\/voice-note-offer/, '1')
    await recordingBegun(call)
    return call
  }

  async function recordingBegun(call: Call): Promise<void> {
    await call.waitForCommand(/AudioSocket/, 30_000)
    await delay(toneIsOverMs)
  }

  /** The note of the newest ticket, as it is stored; null when there is none. */
  async function newestNote(): Promise<PcmAudio | null> {
    const { id } = await system.api.db
      .selectFrom('tickets')
      .select(({ fn }) => fn.max('id').as('id'))
      .executeTakeFirstOrThrow()
    const audio = await readVoiceNote(system.api.db, id)
    return audio === null ? null : decodeWav(audio)
  }

  async function storedNote(): Promise<PcmAudio> {
    let note: PcmAudio | null = null
    await expect.poll(async () => (note = await newestNote()), { timeout: 10_000 }).not.toBeNull()
    return note ?? { sampleRateHz: 0, samples: new Int16Array() }
  }

  it('keeps what the caller said, as loud and as long, and has them hear it', async () => {
    const call = await beginToDescribe()
    await call.speak()
    await call.press('#')
    await call.waitForCommand(/ura\/voice-note-review/, 10_000)
    await call.startRecording()
    await call.press('2')
    await call.waitForCommand(/AudioSocket/)
    await answer(call, /ura\/voice-note-review/, '1')
    await call.waitForCommand(/ura\/after-ticket/, 30_000)
    await call.hangup()
    const heard = await call.stopRecording()

    const note = await storedNote()
    const { offsetMs, score } = searchable(note).find(technicianVoice)
    expect(score).toBeGreaterThan(heardScore)
    const spoken = note.samples.subarray(offsetMs * 8, offsetMs * 8 + technicianVoice.samples.length)
    expect(Math.abs(levelDb(spoken) - levelDb(technicianVoice.samples))).toBeLessThan(1)
    expect(note.samples.length / 8).toBeGreaterThan(technicianVoice.samples.length / 8)
    expect(note.samples.length / 8).toBeLessThan(5_000)
    expect(searchable(note).find({ sampleRateHz: 8_000, samples: samplesOf(makeTone()) }).score).toBeLessThan(
      0.5,
    )
    expect(searchable(heard).find(technicianVoice).score).toBeGreaterThan(heardScore)
    expect(filesPlayed(call.uraEvents)).toContain('ura/voice-note-kept')
  })

  it('is made anew', async () => {
    const call = await beginToDescribe()
    await call.speak()
    await call.speak()
    await call.press('#')
    await answer(call, /ura\/voice-note-review/, '3')
    await recordingBegun(call)
    await call.speak()
    await call.press('#')
    await answer(call, /ura\/voice-note-review/, '1')
    await call.waitForCommand(/ura\/after-ticket/, 30_000)
    await call.hangup()
    // Said twice at first, once then.
    const note = searchable(await storedNote())
    const { offsetMs, score } = note.find(technicianVoice, { firstOver: heardScore })
    expect(score).toBeGreaterThan(heardScore)
    expect(note.find(technicianVoice, { fromMs: offsetMs + 500 }).score).toBeLessThan(0.5)
  })

  it('ends by itself after its longest time', async () => {
    const call = await beginToDescribe()
    await call.waitForCommand(/ura\/voice-note-review/, 15_000)
    await call.hangup()
    expect((await storedNote()).samples.length / 8_000).toBeCloseTo(5, 1)
  })

  it('is kept of a caller who hangs up in the middle, and so is the ticket', async () => {
    const call = await beginToDescribe()
    await call.speak()
    await call.hangup()
    await expect.poll(() => system.activity(), { timeout: 2_000 }).toEqual({ calls: 0, records: 0 })
    expect(searchable(await storedNote()).find(technicianVoice).score).toBeGreaterThan(heardScore)
    const [record] = await system.ticketApi.callRecords(call.uraUniqueId)
    expect(record).toMatchObject({ resultado: 'ticket_opened' })
  })

  it('follows when the API was away', async () => {
    const call = await beginToDescribe()
    await system.stopApi()
    await call.speak()
    await call.press('#')
    await answer(call, /ura\/voice-note-review/, '1')
    await call.waitForCommand(/ura\/voice-note-kept/)
    await call.hangup()
    await system.startApiAgain()
    await expect.poll(() => system.spooled(), { timeout: 30_000 }).toBe(0)
    expect(searchable(await storedNote()).find(technicianVoice).score).toBeGreaterThan(heardScore)
  })

  it('leaves nothing on the PBX, and nothing open', async () => {
    await expect.poll(() => telephony.uraCommand('core show channels count')).toMatch(/^0 active channels/m)
    expect(await telephony.uraCommand('media cache show all')).not.toMatch(/voice/)
    expect(await telephony.readUraLog()).not.toMatch(/ERROR.*(?:app|res)_audiosocket/)
  })

  it('is not offered where Asterisk has not loaded the module', async () => {
    await telephony.changeModule('app_audiosocket.so', 'unload')
    try {
      await system.forgetCodes()
      const call = await telephony.dial({ callerId: '2001', extension: '7000' })
      await answer(call, /ura\/main-menu/, '1')
      await answer(call, /ura\/ask-registration/, '1001#')
      await answer(call, /ura\/ask-access-code/, (await system.newestCode()) ?? 'none')
      await answer(call, /ura\/confirm-name-after/, '1')
      await answer(call, /GET OPTION "http/, '2')
      await answer(call, /GET OPTION "http/, '2')
      await call.waitForCommand(/ura\/after-ticket/, 30_000)
      await call.hangup()
      expect(filesPlayed(call.uraEvents)).not.toContain('ura/voice-note-offer')
    } finally {
      await telephony.changeModule('app_audiosocket.so', 'load')
    }
  })
})

function levelDb(samples: Int16Array): number {
  const energy = samples.reduce((sum, sample) => sum + sample * sample, 0)
  return 10 * Math.log10(energy / samples.length)
}

function samplesOf(bytes: Buffer): Int16Array {
  return Int16Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readInt16LE(index * 2))
}
