import { describe, expect, it } from 'vitest'
import { createDictation, dictatedDigits, everyDigit } from './dictation.ts'
import { spokenDigits } from './spoken-text.ts'
import { speechLevelOf } from './speech-level.ts'
import { createFinisher } from './speech-test-doubles.ts'
import type { PcmAudio } from './synthesizer.ts'
import { toTelephonyAudio } from './telephony-audio.ts'

/** Ten samples a second, so that a pause of 100 ms is one. */
function digitSound(text: string): PcmAudio {
  return { sampleRateHz: 10, samples: new Int16Array([Number.parseInt(text, 10) + 1, 0]) }
}

/** As long as a spoken digit, and at the level of a word by itself. */
function finishedTone(text: string): PcmAudio {
  const digit = Number.parseInt(text, 10)
  const samples = Int16Array.from(
    { length: 2_400 + 160 * digit },
    (_, index) => 3_000 * Math.sin(2 * Math.PI * (200 + 60 * digit) * (index / 8_000)),
  )
  return toTelephonyAudio({ sampleRateHz: 8_000, samples }, { sampleRateHz: 8_000 })
}

function requireDigits(text: string) {
  const digits = dictatedDigits(text)
  if (digits === null) {
    throw new Error(`${text} is no dictated number`)
  }
  return digits
}

describe('dictatedDigits', () => {
  it('takes a protocol apart, with the pauses between digits and between groups', () => {
    expect(dictatedDigits(spokenDigits('100174'))).toEqual([
      { text: '1,', pauseMs: 90 },
      { text: '0,', pauseMs: 90 },
      { text: '0,', pauseMs: 540 },
      { text: '1,', pauseMs: 90 },
      { text: '7,', pauseMs: 90 },
      { text: '4', pauseMs: 0 },
    ])
  })

  it.each(['', '7', '1,2', '1, 2,', 'Sala 1, 2', '12, 3', '1, 2 e 3', '1; 2. 3'])(
    'leaves "%s" to the voice',
    (text) => expect(dictatedDigits(text)).toBeNull(),
  )

  it('has every digit, as one that goes on and as the last one, in the texts to speak ahead', () => {
    const spoken = everyDigit.flatMap((text) => requireDigits(text).map((digit) => digit.text))
    expect(new Set(spoken).size).toBe(20)
  })
})

/** Without levelling. */
function startDictation(speak: (text: string) => Promise<PcmAudio>) {
  return createDictation({ speak, finisher: createFinisher() })
}

describe('a dictation', () => {
  it('joins the sounds of the digits', async () => {
    const dictation = startDictation(async (text) => digitSound(text))
    const { sampleRateHz, samples } = await dictation.say(requireDigits('1, 0; 4'))
    expect(sampleRateHz).toBe(10)
    expect([...samples]).toEqual([2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 5, 0])
  })

  it('brings any number to the level of speech, and levels each digit once', async () => {
    let levellings = 0
    const finisher = createFinisher((audio) => {
      levellings += 1
      return toTelephonyAudio(audio, { sampleRateHz: 8_000 })
    })
    const dictation = createDictation({ speak: async (text) => finishedTone(text), finisher })
    for (const number of ['1, 0, 0; 1, 7, 4', '9, 9', '1, 2, 3; 4, 5, 6; 7, 8, 9; 0, 0, 0']) {
      const { activeLevelDbfs, peakDbfs } = speechLevelOf(await dictation.say(requireDigits(number)))
      expect(Math.abs(activeLevelDbfs + 20)).toBeLessThan(0.5)
      expect(peakDbfs).toBeLessThanOrEqual(-3)
    }
    expect(levellings).toBe(13)
  })

  it('asks for each digit once, however many numbers are said at the same time', async () => {
    const asked: string[] = []
    const dictation = startDictation(async (text) => {
      asked.push(text)
      return digitSound(text)
    })
    await Promise.all(['1, 1, 2', '1, 2, 1', '2, 1'].map((text) => dictation.say(requireDigits(text))))
    await dictation.say(requireDigits('1, 2'))
    expect(asked.toSorted()).toEqual(['1', '1,', '2', '2,'])
  })

  it('stops at the first digit that fails, and asks for it again the next time', async () => {
    const asked: string[] = []
    let isDown = true
    const dictation = startDictation(async (text) => {
      asked.push(text)
      if (isDown) {
        throw new Error('down')
      }
      return digitSound(text)
    })
    await expect(dictation.say(requireDigits('1, 2'))).rejects.toThrow('down')
    expect(asked).toEqual(['1,'])
    isDown = false
    await dictation.say(requireDigits('1, 2'))
    expect(asked).toEqual(['1,', '1,', '2'])
  })
})
