import type { Mp3Audio, PcmAudio } from '../synthesizer.ts'
import { SpeechInputError, SpeechUnavailableError } from '../synthesizer.ts'

/** What `lambda/synthesize-speech` answers, whichever way it came. */
export interface PollyAnswer {
  statusCode: number
  /** The Content-Type header; empty when there was none. */
  contentType: string
  /** The sound, or the error as JSON. */
  body: Buffer
}

/**
 * What to ask the function for. Samples need no decoding, but those of 3,000 characters (some 200 s) are too much for
 * one answer of Lambda's, which takes 150 s of them; a long text comes as MP3. A function of another's that knows no
 * `format` answers with MP3 too.
 */
export function formatFor(text: string): 'pcm' | 'mp3' {
  return text.length > pcmCharactersMax ? 'mp3' : 'pcm'
}

const pcmCharactersMax = 1_500

/** The most that the function can answer: 6 MB of JSON, three quarters of which is sound. */
export const answerBytesMax = 6 * 1024 * 1024

/** `audio/pcm` with the rate that nothing in the samples tells. */
const pcmType = /^audio\/pcm\s*;(?:.*;)?\s*rate=(\d{4,5})\b/

/**
 * The sound of an answer. The status alone tells what is wrong with a refused one: refusals may be API Gateway's or
 * Lambda's own, whose bodies have other forms than the function's.
 *
 * @throws SpeechInputError for 400: the text or the voice
 * @throws SpeechUnavailableError for everything else, and for 200 without sound
 */
export function soundOf({ statusCode, contentType, body }: PollyAnswer): PcmAudio | Mp3Audio {
  if (statusCode === 400) {
    throw new SpeechInputError(`Polly's function refused the request (${errorCodeOf(body)})`)
  }
  if (statusCode === 401 || statusCode === 403) {
    throw new SpeechUnavailableError("Polly's function refused the credentials", {
      retryable: false,
      reason: 'refused',
    })
  }
  if (statusCode !== 200) {
    const reason = statusCode === 429 ? 'throttled' : 'failed'
    throw new SpeechUnavailableError(`Polly's function answered ${statusCode}`, { retryable: true, reason })
  }
  const [type] = contentType.split(';', 1)
  if (type?.trim() === 'audio/mpeg') {
    return { mp3: requireSound(body, body.length > 0) }
  }
  const rate = Number(pcmType.exec(contentType)?.[1] ?? 0)
  if (rate < 8_000 || rate > 48_000) {
    throw new SpeechUnavailableError("Polly's function answered with something that is no sound", {
      retryable: false,
      reason: 'no_sound',
    })
  }
  return {
    sampleRateHz: rate,
    samples: samplesOf(requireSound(body, body.length > 0 && body.length % 2 === 0)),
  }
}

function requireSound(body: Buffer, isSound: boolean): Buffer {
  if (!isSound) {
    throw new SpeechUnavailableError("Polly's function answered with no whole sound", {
      retryable: true,
      reason: 'no_sound',
    })
  }
  return body
}

/** 16-bit little-endian samples; copied, because they may begin at an odd place in memory. */
function samplesOf(bytes: Buffer): Int16Array {
  return Int16Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readInt16LE(2 * index))
}

/** A code of this house's error table, never the message: it may repeat the text, which may be a name. */
function errorCodeOf(body: Buffer): string {
  try {
    const { erro } = JSON.parse(body.toString()) as { erro?: { codigo?: unknown; campo?: unknown } }
    return [erro?.codigo, erro?.campo].filter((part) => typeof part === 'string').join(', ') || '400'
  } catch {
    return '400'
  }
}
