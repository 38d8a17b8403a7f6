import { describe, expect, it } from 'vitest'
import type { PcmAudio } from '@ura/api/speech/synthesizer'
import { findInOrder, heardScore, searchable } from './audio-match.ts'
import { noisePrompt } from './noise-prompts.ts'

const sampleRateHz = 8_000

function prompt(name: string): { name: string; sound: PcmAudio } {
  return { name, sound: noisePrompt(name) }
}

function silence(durationMs: number): PcmAudio {
  return { sampleRateHz, samples: new Int16Array((durationMs * sampleRateHz) / 1_000) }
}

function joined(...sounds: PcmAudio[]): PcmAudio {
  return { sampleRateHz, samples: Int16Array.from(sounds.flatMap(({ samples }) => Array.from(samples))) }
}

/** What G.711 A-law leaves of a sound (ITU-T G.711: 13 bits in, 4 bits of mantissa kept), at another loudness. */
function throughTelephone(sound: PcmAudio, gain = 0.5): PcmAudio {
  const samples = sound.samples.map((sample) => {
    const louder = Math.abs(sample * gain)
    const step = Math.max(16, 2 ** (Math.floor(Math.log2(Math.max(louder, 1))) - 4))
    return Math.sign(sample) * (Math.floor(louder / step) + 0.5) * step
  })
  return { sampleRateHz, samples }
}

describe('searchable', () => {
  it('finds a prompt where it is, through G.711 and at another loudness', () => {
    const recording = throughTelephone(joined(silence(1_234), noisePrompt('main-menu'), silence(500)))
    const match = searchable(recording).find(noisePrompt('main-menu'))
    expect(match.score).toBeGreaterThan(0.95)
    expect(match.offsetMs).toBeCloseTo(1_234, 0)
  })

  it('does not take another prompt for it, nor silence, nor line noise', () => {
    const other = throughTelephone(joined(noisePrompt('goodbye'), silence(3_000)))
    const hiss = { sampleRateHz, samples: noisePrompt('hiss', 4_000).samples.map((sample) => sample / 100) }
    for (const recording of [other, silence(3_000), hiss]) {
      expect(searchable(recording).find(noisePrompt('main-menu')).score).toBeLessThan(heardScore / 2)
    }
  })

  it('finds a prompt that the caller cut short after a second, at the end of a long recording', () => {
    const long = noisePrompt('main-menu', 9_000)
    const cut = { sampleRateHz, samples: long.samples.subarray(0, sampleRateHz) }
    const recording = throughTelephone(joined(noisePrompt('before', 20_000), cut, noisePrompt('after')))
    expect(searchable(recording).find(long).offsetMs).toBeCloseTo(20_000, 0)
  })

  it('refuses to compare sounds of different rates', () => {
    const wide = { sampleRateHz: 16_000, samples: new Int16Array(16_000) }
    expect(() => searchable(silence(1_000)).find(wide)).toThrow('16000 Hz')
  })
})

describe('findInOrder', () => {
  const [menu, ask, wrong] = [prompt('main-menu'), prompt('ask-registration'), prompt('unknown-registration')]
  const recording = throughTelephone(
    joined(silence(300), menu.sound, ask.sound, silence(200), wrong.sound, ask.sound, silence(100)),
  )
  const allHeard = (names: (typeof menu)[]) =>
    findInOrder(recording, names).every(({ score }) => score >= heardScore)

  it('hears prompts in their order, one of them twice', () => {
    const heard = findInOrder(recording, [menu, ask, wrong, ask])
    expect(heard.map(({ offsetMs }) => Math.round(offsetMs / 100))).toEqual([3, 13, 25, 35])
    expect(heard.every(({ score }) => score > 0.95)).toBe(true)
  })

  it('does not hear them in another order, nor one that was never played, nor one once too often', () => {
    expect(allHeard([menu, ask, wrong, ask])).toBe(true)
    expect(allHeard([ask, menu])).toBe(false)
    expect(allHeard([menu, prompt('goodbye')])).toBe(false)
    expect(allHeard([menu, ask, ask, ask])).toBe(false)
  })
})
