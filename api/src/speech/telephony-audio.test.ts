import { describe, expect, it } from 'vitest'
import { toInt16Samples } from './samples.ts'
import { speechLevelOf } from './speech-level.ts'
import { silenceAtEnds, syllables } from './speech-test-doubles.ts'
import { SpeechInputError, type PcmAudio } from './synthesizer.ts'
import { toTelephonyAudio } from './telephony-audio.ts'

function speech(options: { amplitude: number; sampleRateHz?: number }): PcmAudio {
  const { amplitude, sampleRateHz = 22_050 } = options
  return { sampleRateHz, samples: toInt16Samples(syllables({ sampleRateHz, amplitude })) }
}

/** How far each sample is from the one before. */
function stepsOf(samples: Int16Array): number[] {
  return Array.from(samples, (sample, index) => Math.abs(sample - (samples[index - 1] ?? 0)))
}

describe('toTelephonyAudio', () => {
  it.each([0.002, 0.02, 0.1, 0.5, 1])(
    'brings speech of amplitude %d to -20 dBFS, peaks at most -3',
    (amplitude) => {
      const level = speechLevelOf(toTelephonyAudio(speech({ amplitude }), { sampleRateHz: 8_000 }))
      expect(level.activeLevelDbfs).toBeGreaterThan(-20.2)
      expect(level.activeLevelDbfs).toBeLessThan(-19.8)
      expect(level.peakDbfs).toBeLessThanOrEqual(-3)
    },
  )

  it('holds the peaks of speech with a loud bang in it, and keeps its level', () => {
    const audio = speech({ amplitude: 0.1 })
    audio.samples.fill(32_000, 20_000, 20_050)
    const level = speechLevelOf(toTelephonyAudio(audio, { sampleRateHz: 8_000 }))
    expect(level.peakDbfs).toBeLessThanOrEqual(-3)
    expect(Math.abs(level.activeLevelDbfs + 20)).toBeLessThan(1)
  })

  it('holds the peaks of speech that has the right level already', () => {
    const once = toTelephonyAudio(speech({ amplitude: 0.5 }), { sampleRateHz: 8_000 })
    once.samples[2_000] = 32_767
    const again = toTelephonyAudio(once, { sampleRateHz: 8_000 })
    expect(speechLevelOf(again).peakDbfs).toBeLessThanOrEqual(-3)
  })

  it.each([8_000, 16_000] as const)('leaves 80 ms of silence at either end at %d Hz', (sampleRateHz) => {
    const audio = toTelephonyAudio(speech({ amplitude: 0.5 }), { sampleRateHz })
    const { startMs, endMs } = silenceAtEnds(audio)
    expect(audio.sampleRateHz).toBe(sampleRateHz)
    for (const silenceMs of [startMs, endMs]) {
      expect(silenceMs).toBeGreaterThanOrEqual(80)
      expect(silenceMs).toBeLessThan(100)
    }
  })

  it('fades the edges of sound that starts and ends at full strength', () => {
    const plateau = new Int16Array(8_000).fill(10_000)
    const { samples } = toTelephonyAudio({ sampleRateHz: 8_000, samples: plateau }, { sampleRateHz: 8_000 })
    // Without a fade the step out of silence would be the whole level, some 3,000.
    expect(Math.max(...stepsOf(samples))).toBeLessThan(200)
  })

  it('says that silence is no speech', () => {
    for (const samples of [new Int16Array(0), new Int16Array(8_000)]) {
      expect(() => toTelephonyAudio({ sampleRateHz: 22_050, samples }, { sampleRateHz: 8_000 })).toThrow(
        SpeechInputError,
      )
    }
  })

  it('copes with a single click', () => {
    const samples = new Int16Array(8_000)
    samples[4_000] = 20_000
    const audio = toTelephonyAudio({ sampleRateHz: 8_000, samples }, { sampleRateHz: 8_000 })
    expect(speechLevelOf(audio).peakDbfs).toBeLessThanOrEqual(-3)
  })
})
