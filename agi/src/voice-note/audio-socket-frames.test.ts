import { describe, expect, it } from 'vitest'
import { AudioSocketReader, encodeFrame, frameTypes, uuidOf } from './audio-socket-frames.ts'

const uuid = '12345678-9abc-4def-8123-456789abcdef'
const conversation = Buffer.concat([
  encodeFrame(frameTypes.uuid, Buffer.from(uuid.replaceAll('-', ''), 'hex')),
  encodeFrame(frameTypes.audio, Buffer.alloc(320, 7)),
  encodeFrame(frameTypes.key, Buffer.from('#')),
  encodeFrame(frameTypes.hangup),
])
const frames = [
  { type: 0x01, payload: Buffer.from('123456789abc4def8123456789abcdef', 'hex') },
  { type: 0x10, payload: Buffer.alloc(320, 7) },
  { type: 0x03, payload: Buffer.from('#') },
  { type: 0x00, payload: Buffer.alloc(0) },
]

describe('frames', () => {
  it('are cut out of what comes, wherever it is split', () => {
    for (let at = 0; at <= conversation.length; at += 1) {
      const reader = new AudioSocketReader()
      const read = [...reader.read(conversation.subarray(0, at)), ...reader.read(conversation.subarray(at))]
      expect(read).toEqual(frames)
    }
  })

  it('are cut out of single bytes', () => {
    const reader = new AudioSocketReader()
    expect(Array.from(conversation).flatMap((byte) => reader.read(Buffer.from([byte])))).toEqual(frames)
  })

  it('wait for the last of their bytes', () => {
    const reader = new AudioSocketReader()
    expect(reader.read(Buffer.concat([Buffer.from([0x10, 0xff, 0xff]), Buffer.alloc(65_534)]))).toEqual([])
    expect(reader.read(Buffer.alloc(1))).toMatchObject([{ type: 0x10 }])
  })
})

describe('a UUID', () => {
  it('is told in its usual form, and is 16 bytes', () => {
    expect(uuidOf(Buffer.from(uuid.replaceAll('-', ''), 'hex'))).toBe(uuid)
    expect(uuidOf(Buffer.alloc(15))).toBeNull()
  })
})
