import type { PcmAudio } from './synthesizer.ts'
import type { TelephonyFinisher } from './telephony-finisher.ts'

/** A digit of a dictated number, and the silence behind it. */
export interface DictatedDigit {
  /** What is spoken by itself: with the comma the voice stays up, without it the number is over. */
  text: string
  /** Beside the silence that every finished sound has at its ends. */
  pauseMs: number
}

/** About the pauses of a voice that speaks the number as one text. */
const pauseMs = { ',': 90, ';': 540 }
const dictated = /^\d(?:[,;] \d)+$/

/** The digits of a text as `spokenDigits` makes it; null when a text is anything else. */
export function dictatedDigits(text: string): DictatedDigit[] | null {
  if (!dictated.test(text)) {
    return null
  }
  return text.split(' ').map((part) => {
    const mark = part[1]
    return mark === ',' || mark === ';'
      ? { text: `${part[0]},`, pauseMs: pauseMs[mark] }
      : { text: part, pauseMs: 0 }
  })
}

/** Texts that need every digit, in both ways that it is spoken: for who has them spoken ahead. */
export const everyDigit: readonly string[] = Array.from('0123456789', (digit) => `${digit}, ${digit}`)

/** A busy thread's turn, and the levelling of a few seconds, which takes some milliseconds. */
const levellingMs = 2_000

/**
 * Numbers dictated from digits that were spoken once: a new protocol number waits for no voice and costs nothing.
 *
 * @param options.speak The finished sound of one digit; asked for each once, and again after a failure.
 */
export function createDictation({
  speak,
  finisher,
}: {
  speak: (text: string) => Promise<PcmAudio>
  finisher: Pick<TelephonyFinisher, 'finish'>
}): {
  /** @throws whatever `speak` does, at the first digit that can't be had, and `finisher.finish` */
  say(digits: readonly DictatedDigit[]): Promise<PcmAudio>
} {
  const sounds = new Map<string, Promise<PcmAudio>>()

  function soundOf(text: string): Promise<PcmAudio> {
    const known = sounds.get(text) ?? speak(text)
    sounds.set(text, known)
    known.catch(() => sounds.delete(text))
    return known
  }

  return {
    async say(digits) {
      const parts: Int16Array[] = []
      let sampleRateHz = 0
      // One after another: a voice that fails fails at one digit, and not at all of them.
      for (const digit of digits) {
        const sound = await soundOf(digit.text)
        sampleRateHz = sound.sampleRateHz
        parts.push(sound.samples, new Int16Array(Math.round((digit.pauseMs * sampleRateHz) / 1_000)))
      }
      // The level of speech depends on its pauses, so the whole number is brought there as any other sound.
      const signal = AbortSignal.timeout(levellingMs)
      return finisher.finish({ sampleRateHz, samples: joined(parts) }, signal)
    },
  }
}

function joined(parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((length, part) => length + part.length, 0))
  let from = 0
  for (const part of parts) {
    whole.set(part, from)
    from += part.length
  }
  return whole
}
