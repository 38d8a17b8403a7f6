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
/** The pauses of a protocol: with these a digit is levelled, and any number of such digits is within 0.3 dB of its level. */
const protocolPausesMs = [pauseMs[','], pauseMs[','], pauseMs[';'], pauseMs[','], pauseMs[','], 0]

/**
 * Numbers dictated from digits that were spoken once: a new protocol number waits for no voice and for no thread.
 *
 * The level of speech depends on its pauses, so that digits at the level of a single word would be 1.3 dB too quiet
 * together; each is brought to the level of a number made of it, once.
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
  /** @throws whatever `speak` and `finisher.finish` do, at the first digit that can't be had */
  say(digits: readonly DictatedDigit[]): Promise<PcmAudio>
} {
  const sounds = new Map<string, Promise<PcmAudio>>()

  function soundOf(text: string): Promise<PcmAudio> {
    const known = sounds.get(text) ?? speak(text).then(levelled)
    sounds.set(text, known)
    known.catch(() => sounds.delete(text))
    return known
  }

  async function levelled(sound: PcmAudio): Promise<PcmAudio> {
    const number = joined(protocolPausesMs.map((afterMs) => ({ sound, pauseMs: afterMs })))
    const { sampleRateHz, samples } = await finisher.finish(number, AbortSignal.timeout(levellingMs))
    return { sampleRateHz, samples: samples.slice(0, sound.samples.length) }
  }

  return {
    async say(digits) {
      const parts: SoundWithPause[] = []
      // One after another: a voice that fails fails at one digit, and not at all of them.
      for (const digit of digits) {
        parts.push({ sound: await soundOf(digit.text), pauseMs: digit.pauseMs })
      }
      return joined(parts)
    },
  }
}

interface SoundWithPause {
  sound: PcmAudio
  pauseMs: number
}

/** Sounds of one rate, each with its silence behind it. */
function joined(parts: readonly SoundWithPause[]): PcmAudio {
  const sampleRateHz = parts[0]?.sound.sampleRateHz ?? 0
  const lengths = parts.map(
    ({ sound, pauseMs: afterMs }) => sound.samples.length + Math.round((afterMs * sampleRateHz) / 1_000),
  )
  const samples = new Int16Array(lengths.reduce((sum, length) => sum + length, 0))
  let from = 0
  for (const [index, { sound }] of parts.entries()) {
    samples.set(sound.samples, from)
    from += lengths[index] ?? 0
  }
  return { sampleRateHz, samples }
}
