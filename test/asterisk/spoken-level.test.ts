import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEspeakSynthesizer } from '@ura/api/speech/espeak-synthesizer'
import { speechLevelOf } from '@ura/api/speech/speech-level'
import type { PcmAudio } from '@ura/api/speech/synthesizer'
import { decodeWav, type WavAudio } from '@ura/api/speech/wav'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { recordFigure } from '../../scripts/test/figures.ts'
import { findInOrder, heardScore } from '../listening/audio-match.ts'
import { bandLevelsDb } from '../listening/band-levels.ts'
import { startApiGateway, startEspeak, startLambda, type Subject } from '../speech/synthesizers.ts'
import { embeddedSpeech } from '../support/fake-aws/embedded-speech.ts'
import { HelpdeskSystem } from '../support/helpdesk-system.ts'
import { findAsteriskRoot } from './real-asterisk.ts'
import { neverOpen, startTelephony, type Telephony } from './telephony.ts'

const root = await findAsteriskRoot()

/** Each plays the address in the global variable of its own name by Asterisk's media cache, and hangs up. */
const playingExtensions = `exten => _71XX,1,Answer()
 same => n,Wait(0.5)
 same => n,Playback(\${URA_HEARD_\${EXTEN}})
 same => n,Wait(0.3)
 same => n,Hangup()`

/** A busy machine gets its time: these tests are about sound. */
const patience = { timeoutMs: 60_000 }
const bandEdgesHz = [300, 1_000, 2_000, 3_000, 3_400, 3_700, 3_900]
/** G.711 A-law rounds the largest samples to steps of 1,024 (of 32,768): by as much a peak may grow on the line. */
const codecStepDb = 0.2

interface HeardSentence {
  name: string
  sent: WavAudio
  heard: PcmAudio
}

describe.runIf(root !== '')('synthesized sentences in a real call', () => {
  let sounds: string
  let telephony: Telephony
  const source = createEspeakSynthesizer()

  beforeAll(async () => {
    sounds = await mkdtemp(join(tmpdir(), 'ura-no-prompts-'))
    telephony = await startTelephony({
      root,
      agiServers: ['127.0.0.1:9'],
      soundsFolder: sounds,
      openTimes: neverOpen,
      extraExtensions: playingExtensions,
    })
  })
  afterAll(async () => {
    await source.close()
    await telephony?.stop()
    await rm(sounds, { recursive: true, force: true })
  })

  /** What the caller hears of an address, as recorded at the caller's end. */
  async function hear(url: string, extension: string): Promise<PcmAudio> {
    await telephony.setGlobal(`URA_HEARD_${extension}`, url)
    const call = await telephony.dial({ callerId: '2001', extension, record: true })
    await call.ended
    return call.stopRecording()
  }

  // At the same time, since each takes as long as its sentences.
  it.concurrent.each([
    ['espeak', startEspeak, '710'],
    ['api-gateway, its voice 14 dB quieter', startQuietApiGateway, '711'],
    ['lambda, its voice 20 dB quieter', startQuietLambda, '712'],
  ] as const)(
    'by %s: the one loudness, the whole band, no clipping',
    { timeout: 300_000 },
    async (name, start, extensions) => {
      const subject: Subject = await start()
      const { synthesizer, voice } = subject
      const system = await HelpdeskSystem.start({ synthesizer, environment: { SPEECH_VOICE: voice } })
      try {
        const asked = await sentences(system)
        const spoken = await Promise.all(
          asked.map(async ([what, url], index) => ({
            name: `${what} by ${name}`,
            sent: decodeWav(Buffer.from(await (await fetch(url)).arrayBuffer())),
            heard: await hear(url, `${extensions}${index}`),
          })),
        )
        expect(spoken).toHaveLength(3)
        for (const each of spoken) await expectOneLoudness(each)
      } finally {
        await system.stop()
        await subject.close()
      }
    },
  )

  async function expectOneLoudness({ name, sent, heard }: HeardSentence): Promise<void> {
    const [match] = findInOrder(heard, [{ name, sound: sent }])
    expect(match?.score).toBeGreaterThan(heardScore)
    const { activeLevelDbfs, peakDbfs } = speechLevelOf(heard)
    const colour = colourDb(heard, await spokenAtTheSource(sent.comment ?? ''))
    recordFigure(
      `heard in a real call, ${name}`,
      `level ${activeLevelDbfs.toFixed(2)} dBFS, peak ${peakDbfs.toFixed(2)} dBFS, ` +
        `bands of ${bandEdgesHz.join('/')} Hz against the voice itself ${colour.map((db) => db.toFixed(1)).join('/')} dB`,
    )
    expect(Math.abs(activeLevelDbfs + 20)).toBeLessThan(1)
    expect(peakDbfs).toBeLessThanOrEqual(-3 + codecStepDb)
    expect(speechLevelOf(sent).peakDbfs).toBeLessThanOrEqual(-3)
    expect(flatTops(sent)).toBe(0)
    // Energy up to 3.4 kHz as in the voice itself; above it no more than there, so nothing has been folded back.
    expect(Math.max(...colour.slice(0, 4).map(Math.abs))).toBeLessThan(2)
    expect(Math.max(...colour.slice(4))).toBeLessThan(2)
  }

  async function spokenAtTheSource(text: string): Promise<PcmAudio> {
    return source.synthesize({ text, voice: 'pt-br' }, AbortSignal.timeout(patience.timeoutMs))
  }
})

async function startQuietApiGateway(): Promise<Subject> {
  return startApiGateway('key', { ...patience, audio: await embeddedSpeech(-14) })
}

async function startQuietLambda(): Promise<Subject> {
  return startLambda({ ...patience, audio: await embeddedSpeech(-20) })
}

/** A name, a menu and a ticket's status, as the API made them for a call; on a busy machine not at the first request. */
async function sentences({ ticketApi }: HelpdeskSystem): Promise<[what: string, url: string][]> {
  const { protocolo: protocol } = await ticketApi.openTicket({
    userCode: '1001',
    service: '2-5',
    callId: 'none',
    idempotencyKey: 'the-only-one-here',
  })
  const asked: [string, () => Promise<{ url: string | null } | undefined>][] = [
    ['name', () => ticketApi.userSpeech('1001')],
    ['menu', async () => (await ticketApi.catalogue()).categorias[5]?.menu],
    ['status', () => ticketApi.findTicket({ userCode: '1001', protocol })],
  ]
  return Promise.all(
    asked.map(async ([what, ask]): Promise<[string, string]> => {
      const address = async (): Promise<string | null | undefined> => (await ask().catch(() => null))?.url
      return [what, await vi.waitUntil(address, { timeout: patience.timeoutMs })]
    }),
  )
}

/** How each band stands against the same band at the source, in dB; the first is the measure of the others. */
function colourDb(heard: PcmAudio, source: PcmAudio): number[] {
  const [there, here] = [source, heard].map((audio) => bandLevelsDb(audio, bandEdgesHz))
  const differences = (here ?? []).map((db, index) => db - (there?.[index] ?? 0))
  return differences.map((db) => db - (differences[0] ?? 0))
}

/** How often a wave is cut off: four samples in a row at the sound's own maximum. */
function flatTops({ samples }: PcmAudio): number {
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
  let run = 0
  let count = 0
  for (const sample of samples) {
    run = Math.abs(sample) === peak ? run + 1 : 0
    count += run === 4 ? 1 : 0
  }
  return count
}
