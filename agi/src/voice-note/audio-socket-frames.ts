/**
 * The AudioSocket protocol of Asterisk: type (1 byte), length (2 bytes, big-endian), payload
 * (docs.asterisk.org/Configuration/Channel-Drivers/AudioSocket).
 */
export const frameTypes = {
  hangup: 0x00,
  uuid: 0x01,
  /** One ASCII character; sent since Asterisk 22.4. */
  key: 0x03,
  /** Mono 16-bit little-endian samples, 8,000 a second. */
  audio: 0x10,
  error: 0xff,
} as const

/** One frame as it came. */
export interface AudioSocketFrame {
  type: number
  payload: Buffer
}

const headerBytes = 3
export const samplesPerSecond = 8_000
export const bytesPerSecond = samplesPerSecond * 2

/** Cuts what comes from a socket, in pieces of any size, into frames; holds at most one unfinished frame (64 KiB). */
export class AudioSocketReader {
  #rest: Buffer = Buffer.alloc(0)

  /** The frames that this piece completes. */
  read(piece: Buffer): AudioSocketFrame[] {
    let rest = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    const frames: AudioSocketFrame[] = []
    while (rest.length >= headerBytes) {
      const endByte = headerBytes + rest.readUInt16BE(1)
      if (rest.length < endByte) {
        break
      }
      frames.push({ type: rest.readUInt8(0), payload: rest.subarray(headerBytes, endByte) })
      rest = rest.subarray(endByte)
    }
    this.#rest = rest
    return frames
  }
}

/** A frame as it is sent. @throws RangeError for a payload of over 65,535 bytes */
export function encodeFrame(type: number, payload: Uint8Array = new Uint8Array()): Buffer {
  const frame = Buffer.alloc(headerBytes + payload.length)
  frame.writeUInt8(type, 0)
  frame.writeUInt16BE(payload.length, 1)
  frame.set(payload, headerBytes)
  return frame
}

/** The UUID of a frame's 16 bytes in its usual form; null when they are not 16. */
export function uuidOf(payload: Buffer): string | null {
  const hex = payload.toString('hex')
  return payload.length === 16 ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : null
}
