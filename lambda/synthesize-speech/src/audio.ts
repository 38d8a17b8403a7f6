import type { AudioFormat } from './speech-request.ts'

/** Samples a second of `pcm`: the most that Polly gives ("Valid values for pcm are 8000 and 16000"). */
export const pcmSampleRateHz = 16_000

/**
 * The largest audio that fits an answer: Lambda takes 6 MB of JSON, Base64 makes four bytes of three, and 4 kB are
 * left for the rest. A text at the limit is about 200 s: 1.2 MB as mp3, but 6.4 MB as pcm.
 */
export const audioBytesMax = Math.floor(((6 * 1024 * 1024 - 4096) * 3) / 4)

/** The content types that Polly sends and that this function answers with. */
const mediaTypes = { mp3: 'audio/mpeg', pcm: 'audio/pcm' } as const satisfies Record<AudioFormat, string>

/** What the answer's Content-Type says; that of pcm carries the rate, which nothing in the samples tells. */
export function contentTypeOf(format: AudioFormat): string {
  return format === 'pcm' ? `${mediaTypes.pcm};rate=${pcmSampleRateHz};channels=1` : mediaTypes[format]
}

/** Why what Polly sent isn't the audio that was asked for; null when it is, as far as one can see without decoding. */
export function audioFault(
  bytes: Buffer,
  contentType: string | undefined,
  format: AudioFormat,
): string | null {
  const [mediaType] = (contentType ?? '').split(';', 1)
  if (mediaType?.trim() !== mediaTypes[format]) {
    return 'UnexpectedContentType'
  }
  if (bytes.length === 0) {
    return 'EmptyAudio'
  }
  return looksLike(bytes, format) ? null : 'UnexpectedContent'
}

/** MP3 begins with an ID3 tag or with a frame's eleven set bits; samples come in pairs of bytes. */
function looksLike(bytes: Buffer, format: AudioFormat): boolean {
  return format === 'pcm'
    ? bytes.length % 2 === 0
    : bytes.toString('latin1', 0, 3) === 'ID3' || (bytes.length > 3 && bytes.readUInt16BE(0) >= 0xffe0)
}
