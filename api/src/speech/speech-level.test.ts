import { describe, expect, it } from 'vitest'
import { measureSpeechLevel } from './speech-level.ts'
import { sine, syllables } from './speech-test-doubles.ts'

const sampleRateHz = 8_000
const tone = sine({ frequencyHz: 1_000, sampleRateHz, seconds: 2 })

describe('measureSpeechLevel', () => {
  it('measures a full-scale sine as -3.01 dBFS with its peak at 0', () => {
    const level = measureSpeechLevel(tone, sampleRateHz)
    expect(Math.abs(level.activeLevelDbfs + 3.01)).toBeLessThan(0.1)
    expect(level.peakDbfs).toBeCloseTo(0, 2)
    expect(level.activityFactor).toBeGreaterThan(0.97)
  })

  it('does not count pauses: the same sine half of the time is as loud', () => {
    const halfTime = tone.map((sample, index) => (index % 16_000 < 8_000 ? sample : 0))
    const level = measureSpeechLevel(halfTime, sampleRateHz)
    // The hangover of 200 ms counts as activity, so it is a little less.
    expect(level.activeLevelDbfs).toBeGreaterThan(-4.3)
    expect(level.activityFactor).toBeGreaterThan(0.5)
    expect(level.activityFactor).toBeLessThan(0.7)
  })

  it('follows the level decibel for decibel', () => {
    const loud = measureSpeechLevel(syllables({ sampleRateHz, amplitude: 0.9 }), sampleRateHz)
    const quiet = measureSpeechLevel(syllables({ sampleRateHz, amplitude: 0.009 }), sampleRateHz)
    expect(loud.activeLevelDbfs - quiet.activeLevelDbfs).toBeCloseTo(40, 0)
  })

  it('does not change when silence is added', () => {
    const speech = syllables({ sampleRateHz })
    const longer = new Float32Array(speech.length * 3)
    longer.set(speech, speech.length)
    const difference =
      measureSpeechLevel(longer, sampleRateHz).activeLevelDbfs -
      measureSpeechLevel(speech, sampleRateHz).activeLevelDbfs
    expect(Math.abs(difference)).toBeLessThan(0.3)
  })

  it('finds nothing in silence', () => {
    expect(measureSpeechLevel(new Float32Array(800), sampleRateHz)).toEqual({
      activeLevelDbfs: -Infinity,
      activityFactor: 0,
      peakDbfs: -Infinity,
    })
  })

  it('measures even what hardly stirs the last bit', () => {
    const faint = sine({ frequencyHz: 400, sampleRateHz, seconds: 1, amplitude: 1 / 32_768 })
    expect(measureSpeechLevel(faint, sampleRateHz).activeLevelDbfs).toBeCloseTo(-93.3, 0)
  })
})
