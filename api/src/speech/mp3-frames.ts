/** Kilobits a second by index (ISO/IEC 11172-3, 2.4.2.3; ISO/IEC 13818-3, 2.4.2.3), Layer III alone. */
const bitratesKbps = {
  mpeg1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  mpeg2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
}
/** Samples a second by the two bits of the version and the index. */
const sampleRatesHz: Readonly<Record<number, readonly number[]>> = {
  0b11: [44_100, 48_000, 32_000],
  0b10: [22_050, 24_000, 16_000],
  0b00: [11_025, 12_000, 8_000],
}
const headerBytes = 4
const id3HeaderBytes = 10

/**
 * Whether an MP3 ends in the middle of a frame, as what was cut off does; a decoder leaves such a frame out without a
 * word. False as soon as something isn't understood: whether that is sound is the decoder's to say.
 */
export function endsWithinFrame(bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let offset = id3Bytes(file)
  while (offset + headerBytes <= file.length) {
    const length = frameBytes(file.readUInt32BE(offset))
    if (length === null) {
      return false
    }
    offset += length
  }
  return offset > file.length
}

/** The length of the ID3v2 tag that may come first; its size has seven bits a byte. */
function id3Bytes(file: Buffer): number {
  if (file.length < id3HeaderBytes || file.toString('latin1', 0, 3) !== 'ID3') {
    return 0
  }
  return [6, 7, 8, 9].reduce((size, at) => size * 128 + file.readUInt8(at), 0) + id3HeaderBytes
}

/** The bytes of a Layer III frame by its header; null for anything else. */
function frameBytes(header: number): number | null {
  const version = (header >>> 19) & 0b11
  const isLayer3 = header >>> 21 === 0x7ff && ((header >>> 17) & 0b11) === 0b01
  const kbps = bitratesKbps[version === 0b11 ? 'mpeg1' : 'mpeg2'][(header >>> 12) & 0b1111]
  const rateHz = sampleRatesHz[version]?.[(header >>> 10) & 0b11]
  if (!isLayer3 || kbps === undefined || kbps === 0 || rateHz === undefined) {
    return null
  }
  const padding = (header >>> 9) & 1
  return Math.floor(((version === 0b11 ? 144 : 72) * kbps * 1_000) / rateHz) + padding
}
