import { HelpdeskError } from '@ura/core/errors'
import { decodeWav, WavFormatError } from '../../speech/wav.ts'

const sampleRateHz = 8_000
/** The caller may speak for 60 s; a second more is for clocks that differ. */
const durationMsMax = 61_000

/** Bytes of the longest voice note: 61 s of 16-bit samples, and room for a header with more than it needs. */
export const voiceNoteBytesMax = 61 * sampleRateHz * 2 + 4_096

/**
 * How long a voice note is, in milliseconds.
 * @throws HelpdeskError REQUISICAO_INVALIDA unless it is a WAV file of mono 16-bit samples, 8,000 a second, of 61 s at
 *   most
 */
export function requireVoiceNote(audio: Buffer): number {
  try {
    const { samples, sampleRateHz: given } = decodeWav(audio)
    const durationMs = Math.round((samples.length * 1_000) / sampleRateHz)
    if (given === sampleRateHz && durationMs > 0 && durationMs <= durationMsMax) {
      return durationMs
    }
  } catch (error) {
    if (!(error instanceof WavFormatError)) {
      throw error
    }
  }
  throw new HelpdeskError('REQUISICAO_INVALIDA', {
    message: 'A gravação deve ser um WAV mono de 16 bits a 8.000 Hz, de até 61 segundos.',
  })
}
