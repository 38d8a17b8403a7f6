import { toFloatSamples } from './samples.ts'
import type { PcmAudio, SynthesisRequest, Synthesizer } from './synthesizer.ts'
import type { TelephonyFinisher } from './telephony-finisher.ts'

/** A sine; `amplitude` 1 is full scale. */
export function sine(options: {
  frequencyHz: number
  sampleRateHz: number
  seconds: number
  amplitude?: number
}): Float32Array {
  const { frequencyHz, sampleRateHz, seconds, amplitude = 1 } = options
  const length = Math.round(seconds * sampleRateHz)
  return Float32Array.from(
    { length },
    (_, index) => amplitude * Math.sin((2 * Math.PI * frequencyHz * index) / sampleRateHz),
  )
}

/** Root of the mean square. */
export function rms(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)
}

/**
 * Something with the rhythm of speech: 220 Hz with harmonics in syllables of 180 ms, a pause of 400 ms after each
 * five, and half a second of silence at either end.
 */
export function syllables(options: {
  sampleRateHz: number
  amplitude?: number
  seconds?: number
}): Float32Array {
  const { sampleRateHz, amplitude = 0.5, seconds = 3 } = options
  return Float32Array.from({ length: Math.round(seconds * sampleRateHz) }, (_, index) => {
    const time = index / sampleRateHz
    const phase = time % 1.5
    const isSilent = time < 0.5 || time > seconds - 0.5 || phase > 1.1
    const envelope = Math.sin((Math.PI * (phase % 0.22)) / 0.22) ** 2
    const wave = [1, 2, 3, 5].reduce((sum, n) => sum + Math.sin(2 * Math.PI * 220 * n * time + n) / n, 0)
    return isSilent ? 0 : (amplitude * envelope * wave) / 2
  })
}

function isLoud(sample: number): boolean {
  return Math.abs(sample) > 10 ** (-50 / 20)
}

/** How many milliseconds from either end stay below −50 dBFS. */
export function silenceAtEnds({ samples, sampleRateHz }: PcmAudio): { startMs: number; endMs: number } {
  const floats = toFloatSamples(samples)
  return {
    startMs: (floats.findIndex(isLoud) / sampleRateHz) * 1_000,
    endMs: ((floats.length - 1 - floats.findLastIndex(isLoud)) / sampleRateHz) * 1_000,
  }
}

/** A synthesizer that hums, remembers what it was asked and does what the next of `faults` says before. */
export interface FakeSynthesizer extends Synthesizer {
  readonly requests: SynthesisRequest[]
  /** One for each coming request; nothing left means that all goes well. */
  readonly faults: ((signal: AbortSignal) => Promise<never>)[]
  /** How words sound; a change changes the rendering of the texts that hold them. */
  readonly pronunciations: Map<string, string>
}

export function createFakeSynthesizer(name = 'fake'): FakeSynthesizer {
  const requests: SynthesisRequest[] = []
  const faults: FakeSynthesizer['faults'] = []
  const pronunciations = new Map<string, string>()
  return {
    name,
    requests,
    faults,
    pronunciations,
    rendering: ({ text }) => text.replaceAll(/\S+/g, (word) => pronunciations.get(word) ?? word),
    async synthesize(request, signal) {
      requests.push(request)
      await faults.shift()?.(signal)
      const hum = syllables({ sampleRateHz: 8_000, seconds: 1.4 })
      return { sampleRateHz: 8_000, samples: Int16Array.from(hum, (sample) => sample * 32_767) }
    },
  }
}

/** A clock that stands still until it is moved. */
export function createFakeClock(start = '2026-03-02T12:00:00Z') {
  let nowMs = Date.parse(start)
  return {
    now: () => new Date(nowMs),
    advance: (milliseconds: number) => {
      nowMs += milliseconds
    },
  }
}

/** A finisher without a thread, for samples. @param work Default: leaves them as they are. */
export function createFinisher(work: (audio: PcmAudio) => PcmAudio = (audio) => audio): TelephonyFinisher {
  return {
    async finish(audio) {
      if ('mp3' in audio) {
        throw new Error('this double decodes nothing')
      }
      return work(audio)
    },
    close: async () => {},
  }
}
