import { crc32 } from 'node:zlib'

/** What was sealed, and its checksum. */
export interface UnsealedBytes {
  bytes: Buffer
  /** CRC-32, 0 to 2³² − 1. */
  checksum: number
}

/** Marks the seal, so that a file full of zeros has none. */
const mark = 0x5a8e1ced
const sealBytes = 8

/** Bytes with a checksum behind them (8 bytes more), by which `unseal` notices what a disk or a copy did to them. */
export function seal(bytes: Uint8Array): Buffer {
  const trailer = Buffer.alloc(sealBytes)
  trailer.writeUInt32LE(mark, 0)
  trailer.writeUInt32LE(crc32(bytes), 4)
  return Buffer.concat([bytes, trailer])
}

/** The bytes before the seal, not copied; null when they are not those that were sealed. */
export function unseal(sealed: Buffer): UnsealedBytes | null {
  const length = sealed.length - sealBytes
  if (length < 0 || sealed.readUInt32LE(length) !== mark) {
    return null
  }
  const bytes = sealed.subarray(0, length)
  const checksum = sealed.readUInt32LE(length + 4)
  return crc32(bytes) === checksum ? { bytes, checksum } : null
}
