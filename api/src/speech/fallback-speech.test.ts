import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFallbackSpeech, preferredPatienceMs } from './fallback-speech.ts'
import {
  createFakeClock,
  createFakeSynthesizer,
  createFinisher,
  type FakeSynthesizer,
} from './speech-test-doubles.ts'
import {
  createSpeechService,
  type SpeechRequest,
  type SpeechService,
  type VoiceSpeech,
} from './speech-service.ts'
import { noReasons } from './speech-report.ts'
import { type SpeechFaultReason, SpeechUnavailableError } from './synthesizer.ts'

const request: SpeechRequest = { text: 'Seu protocolo é: 1, 0, 4, 2.', kind: 'personal' }
const down = async () => {
  throw new SpeechUnavailableError('down', { retryable: false, reason: 'refused' })
}

let folder: string
let speech: SpeechService
const polly = createFakeSynthesizer('polly')
const espeak = createFakeSynthesizer('espeak')

function speechBy(synthesizer: FakeSynthesizer): VoiceSpeech {
  return createSpeechService({
    folder,
    synthesizer,
    secret: 'test secret',
    clock: createFakeClock(),
    log: pino({ level: 'silent' }),
    voice: synthesizer.name,
    sampleRateHz: 8_000,
    maxBytes: 1_000_000,
    personalDays: 30,
    finisher: createFinisher(),
  })
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ura-speech-'))
  polly.requests.length = 0
  espeak.requests.length = 0
  polly.faults.length = 0
  espeak.faults.length = 0
  const voices = { preferred: speechBy(polly), fallback: speechBy(espeak) }
  speech = createFallbackSpeech(voices, pino({ level: 'silent' }))
})

afterEach(async () => {
  vi.useRealTimers()
  await speech.close()
  await rm(folder, { recursive: true })
})

describe('speech with a fallback voice', () => {
  it('is the preferred one while that can be had', async () => {
    expect(await speech.speak(request)).not.toBeNull()
    expect([polly.requests.length, espeak.requests.length]).toEqual([1, 0])
  })

  it('is the other one while it cannot, and can be fetched by its name', async () => {
    polly.faults.push(down)
    const spoken = await speech.speak(request)
    expect(espeak.requests.map(({ text }) => text)).toEqual([request.text])
    expect((await speech.open(spoken?.audioName ?? ''))?.sizeBytes).toBeGreaterThan(44)
    expect(await speech.remove(spoken?.audioName ?? '')).toBe(true)
  })

  it('is the preferred one again as soon as it speaks, for the same text too', async () => {
    polly.faults.push(down)
    const plain = await speech.speak(request)
    const preferred = await speech.speak(request)
    expect(preferred?.audioName).not.toBe(plain?.audioName)
    expect(polly.requests).toHaveLength(2)
  })

  it('is nothing when neither can be had', async () => {
    polly.faults.push(down)
    espeak.faults.push(down)
    expect(await speech.speak(request)).toBeNull()
    expect(speech.stats()).toMatchObject({ failures: 1, silences: { refused: 1 } })
    expect(speech.stats().fallbacks).toEqual(noReasons())
  })

  it('counts what a cloud bills by the preferred voice alone', async () => {
    polly.faults.push(down)
    await speech.speak(request)
    expect(speech.stats().characters).toBe(0)
    await speech.speak(request)
    expect(speech.stats().characters).toBe(request.text.length)
  })

  it('counts whom the other one stood in for, by why', async () => {
    polly.faults.push(down, down)
    await speech.speak(request)
    await speech.speak({ ...request, text: 'Ana' })
    expect(speech.stats().fallbacks).toEqual({ ...noReasons(), refused: 2 })
    expect(speech.stats().silences).toEqual(noReasons())
  })

  it('asks nobody in vain when the folder takes no files', async () => {
    await speech.close()
    const inside = join(folder, 'file')
    await writeFile(inside, '')
    folder = inside
    const voices = { preferred: speechBy(polly), fallback: speechBy(espeak) }
    speech = createFallbackSpeech(voices, pino({ level: 'silent' }))
    expect(await speech.speak(request)).toBeNull()
    expect([polly.requests.length, espeak.requests.length]).toEqual([0, 0])
    expect(speech.stats()).toMatchObject({ isStorageFailing: true, silences: { storage: 1 } })
  })
})

describe('a preferred voice that is slow', () => {
  const asked: string[] = []

  /** A voice that answers after so long, in the time of the test; with a reason instead of a sound if one is given. */
  function voiceAfter(name: string, milliseconds: number, reason?: SpeechFaultReason): VoiceSpeech {
    return {
      ...speechBy(polly),
      async attempt() {
        asked.push(name)
        await new Promise((resolve) => setTimeout(resolve, milliseconds))
        return reason === undefined ? { audioName: `${name}.wav` } : { reason }
      },
    }
  }

  /** What is spoken and after how long. */
  async function heard(voices: { preferred: VoiceSpeech; fallback: VoiceSpeech }) {
    const slow = createFallbackSpeech(voices, pino({ level: 'silent' }))
    const startedAtMs = Date.now()
    const speaking = slow
      .speak(request)
      .then((spoken) => ({ audioName: spoken?.audioName ?? null, afterMs: Date.now() - startedAtMs }))
    await vi.advanceTimersByTimeAsync(15_000)
    return { ...(await speaking), stats: slow.stats() }
  }

  beforeEach(() => {
    asked.length = 0
    vi.useFakeTimers()
  })

  it('is waited for 2.5 s', async () => {
    const voices = { preferred: voiceAfter('polly', 2_499), fallback: voiceAfter('espeak', 0) }
    expect(await heard(voices)).toMatchObject({ audioName: 'polly.wav', afterMs: 2_499 })
    expect(asked).toEqual(['polly'])
  })

  it('is then stood in for: a caller waits no longer, though the tries may take 9 s', async () => {
    const voices = { preferred: voiceAfter('polly', 9_000, 'timeout'), fallback: voiceAfter('espeak', 300) }
    const { stats, ...sound } = await heard(voices)
    expect(sound).toEqual({ audioName: 'espeak.wav', afterMs: 2_800 })
    expect(stats.fallbacks).toEqual({ ...noReasons(), slow: 1 })
    expect(preferredPatienceMs).toBe(2_500)
  })

  it('is heard all the same when it comes before the other, or when the other has nothing', async () => {
    const sooner = { preferred: voiceAfter('polly', 2_600), fallback: voiceAfter('espeak', 300) }
    expect(await heard(sooner)).toMatchObject({ audioName: 'polly.wav', afterMs: 2_600 })
    const alone = { preferred: voiceAfter('polly', 3_400), fallback: voiceAfter('espeak', 0, 'busy') }
    const { stats, ...sound } = await heard(alone)
    expect(sound).toEqual({ audioName: 'polly.wav', afterMs: 3_400 })
    expect([stats.fallbacks, stats.silences]).toEqual([noReasons(), noReasons()])
  })
})
