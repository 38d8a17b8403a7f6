import { describe, expect, it } from 'vitest'
import { noisePrompt } from './noise-prompts.ts'
import { silencesMs } from './silences.ts'

function audioOf(...partsMs: number[]) {
  // Sound and silence by turns.
  const parts = partsMs.map((ms, index) =>
    index % 2 === 0 ? noisePrompt('sound', ms).samples : new Int16Array(ms * 8),
  )
  return { sampleRateHz: 8_000, samples: Int16Array.from(parts.flatMap((part) => [...part])) }
}

describe('silences', () => {
  it('are what lies between sounds, not before the first or after the last', () => {
    expect(silencesMs(audioOf(0, 500, 300, 150, 300, 900, 300, 400))).toEqual([150, 900])
  })

  it('are none in a sound, nor in nothing', () => {
    expect(silencesMs(audioOf(500))).toEqual([])
    expect(silencesMs(audioOf(0, 500))).toEqual([])
  })
})
