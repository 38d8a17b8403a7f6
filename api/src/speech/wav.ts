import { endianness } from 'node:os'
import type { PcmAudio } from './synthesizer.ts'

/** Mono 16-bit sound with the words that are spoken in it. */
export interface WavAudio extends PcmAudio {
  /** The spoken text, carried in the file. */
  comment?: string
}

/** Bytes that are no mono 16-bit PCM WAV file. */
export class WavFormatError extends Error {
  override readonly name = 'WavFormatError'
}

const formatPcm = 1
const bytesPerSample = 2
const headerBytes = 44
/** Bounds a comment; a text of 3,000 characters has at most 9,000 bytes in UTF-8. */
const commentBytesMax = 12_000

/**
 * A WAV file as Asterisk plays it: the header of 44 bytes, the samples, and after them the spoken text as an ICMT
 * entry of a LIST/INFO chunk (UTF-8), so that a phone without ears can show what is said.
 *
 * The text must come **after** the samples: Asterisk 22 (formats/format_wav.c, wav_seek) takes byte 44 for the first
 * sample whatever chunks precede it, and STREAM FILE always seeks there (res/res_agi.c, handle_streamfile); a chunk
 * before the samples would be heard as a loud crackle. It never plays past the length of the samples.
 *
 * @throws WavFormatError when the comment is longer than 12,000 bytes
 */
export function encodeWav(audio: WavAudio): Buffer {
  const { sampleRateHz, samples } = audio
  const list = audio.comment === undefined ? Buffer.alloc(0) : encodeCommentChunk(audio.comment)
  const dataBytes = samples.length * bytesPerSample
  const file = Buffer.alloc(headerBytes + dataBytes + list.length)
  file.write('RIFF', 0, 'latin1')
  file.writeUInt32LE(file.length - 8, 4)
  file.write('WAVEfmt ', 8, 'latin1')
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(formatPcm, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(sampleRateHz, 24)
  file.writeUInt32LE(sampleRateHz * bytesPerSample, 28)
  file.writeUInt16LE(bytesPerSample, 32)
  file.writeUInt16LE(bytesPerSample * 8, 34)
  file.write('data', 36, 'latin1')
  file.writeUInt32LE(dataBytes, 40)
  littleEndianBytes(samples).copy(file, headerBytes)
  list.copy(file, headerBytes + dataBytes)
  return file
}

/** Whether a file is as long as its header says and holds samples: false for one that is empty or was cut off. */
export function isWholeWav(file: Buffer): boolean {
  return (
    file.length > headerBytes &&
    file.toString('latin1', 0, 4) === 'RIFF' &&
    file.toString('latin1', 8, 16) === 'WAVEfmt ' &&
    file.readUInt32LE(4) === file.length - 8 &&
    file.readUInt32LE(40) > 0
  )
}

/** The samples as bytes at once: one by one, a long text would hold up the event loop for 30 ms. */
function littleEndianBytes(samples: Int16Array): Buffer {
  const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)
  return endianness() === 'LE' ? bytes : Buffer.from(bytes).swap16()
}

/**
 * Reads a mono 16-bit PCM WAV file, whatever the order of its chunks. A data chunk that claims more bytes than there
 * are (what a program that can't seek back writes) ends where the file ends.
 *
 * @throws WavFormatError
 */
export function decodeWav(bytes: Uint8Array): WavAudio {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') {
    throw new WavFormatError('not a RIFF/WAVE file')
  }
  const chunks = readChunks(file, 12)
  const sampleRateHz = readFormat(chunks.get('fmt '))
  const data = chunks.get('data')
  if (data === undefined) {
    throw new WavFormatError('no data chunk')
  }
  const samples = Int16Array.from({ length: Math.floor(data.length / bytesPerSample) }, (_, index) =>
    data.readInt16LE(index * bytesPerSample),
  )
  const comment = readComment(chunks.get('LIST'))
  return comment === undefined ? { sampleRateHz, samples } : { sampleRateHz, samples, comment }
}

/** The first chunk of each name; RIFF pads each to an even length. */
function readChunks(file: Buffer, from: number): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>()
  for (let offset = from; offset + 8 <= file.length;) {
    const name = file.toString('latin1', offset, offset + 4)
    const sizeBytes = file.readUInt32LE(offset + 4)
    if (!chunks.has(name)) {
      chunks.set(name, file.subarray(offset + 8, offset + 8 + sizeBytes))
    }
    offset += 8 + sizeBytes + (sizeBytes % 2)
  }
  return chunks
}

function readFormat(chunk: Buffer | undefined): number {
  if (chunk === undefined || chunk.length < 16) {
    throw new WavFormatError('no fmt chunk')
  }
  const isMono16Bit = chunk.readUInt16LE(2) === 1 && chunk.readUInt16LE(14) === 16
  if (chunk.readUInt16LE(0) !== formatPcm || !isMono16Bit) {
    throw new WavFormatError('not mono 16-bit PCM')
  }
  const sampleRateHz = chunk.readUInt32LE(4)
  if (sampleRateHz === 0) {
    throw new WavFormatError('no sample rate')
  }
  return sampleRateHz
}

function encodeCommentChunk(comment: string): Buffer {
  // An INFO entry is a string that ends in a zero byte; the list stays even because the entry is padded.
  const text = Buffer.from(`${comment.replaceAll('\0', '')}\0`)
  if (text.length > commentBytesMax) {
    throw new WavFormatError(`the comment is longer than ${commentBytesMax} bytes`)
  }
  const chunk = Buffer.alloc(20 + text.length + (text.length % 2))
  chunk.write('LIST', 0, 'latin1')
  chunk.writeUInt32LE(chunk.length - 8, 4)
  chunk.write('INFOICMT', 8, 'latin1')
  chunk.writeUInt32LE(text.length, 16)
  text.copy(chunk, 20)
  return chunk
}

function readComment(list: Buffer | undefined): string | undefined {
  if (list?.toString('latin1', 0, 4) !== 'INFO') {
    return undefined
  }
  const text = readChunks(list, 4).get('ICMT')?.subarray(0, commentBytesMax).toString('utf8')
  return text?.replace(/\0.*$/s, '')
}
