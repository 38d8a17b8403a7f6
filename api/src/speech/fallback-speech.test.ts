import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFallbackSpeech } from './fallback-speech.ts'
import {
  createFakeClock,
  createFakeSynthesizer,
  createFinisher,
  type FakeSynthesizer,
} from './speech-test-doubles.ts'
import { createSpeechService, type SpeechRequest, type SpeechService } from './speech-service.ts'
import { SpeechUnavailableError } from './synthesizer.ts'

const request: SpeechRequest = { text: 'Seu protocolo é: 1, 0, 4, 2.', kind: 'personal' }
const down = async () => {
  throw new SpeechUnavailableError('down', { retryable: false })
}

let folder: string
let speech: SpeechService
const polly = createFakeSynthesizer('polly')
const espeak = createFakeSynthesizer('espeak')

function speechBy(synthesizer: FakeSynthesizer): SpeechService {
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
  const voices = { preferred: speechBy(polly), fallback: speechBy(espeak) }
  speech = createFallbackSpeech(voices, pino({ level: 'silent' }))
})

afterEach(async () => {
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
    expect(speech.stats().failures).toBe(1)
  })

  it('counts what a cloud bills by the preferred voice alone', async () => {
    polly.faults.push(down)
    await speech.speak(request)
    expect(speech.stats().characters).toBe(0)
    await speech.speak(request)
    expect(speech.stats().characters).toBe(request.text.length)
  })
})
