import { describe, expect, it } from 'vitest'
import { endsWithinFrame } from './mp3-frames.ts'

/** A frame of silence: 48 kbit/s, 24 kHz, MPEG-2, 144 bytes; with padding one more. */
function frame(options: { padding?: boolean } = {}): Buffer {
  const padding = options.padding === true ? 1 : 0
  const bytes = Buffer.alloc(144 + padding)
  bytes.set([0xff, 0xf3, 0x64 + 2 * padding, 0xc4])
  return bytes
}

const id3 = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\x01\x02', 'latin1'), Buffer.alloc(130)])
/** MPEG-1, 128 kbit/s, 44.1 kHz: 417 bytes. */
const mpeg1 = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0xc4]), Buffer.alloc(413)])

describe('endsWithinFrame', () => {
  it.each([
    ['whole frames', Buffer.concat([frame(), frame({ padding: true }), frame()])],
    ['a tag and whole frames', Buffer.concat([id3, frame(), frame()])],
    ['frames of MPEG-1', Buffer.concat([mpeg1, mpeg1])],
    ['something else', Buffer.from('<html>no sound</html>')],
    ['frames and a tag at the end', Buffer.concat([frame(), Buffer.from('TAG'), Buffer.alloc(125)])],
    ['nothing', Buffer.alloc(0)],
  ])('is false for %s', (_what, bytes) => {
    expect(endsWithinFrame(bytes)).toBe(false)
  })

  it.each([1, 70, 139])('is true when %i bytes of the last frame are missing', (missing) => {
    for (const whole of [Buffer.concat([id3, frame(), frame()]), Buffer.concat([mpeg1, mpeg1])]) {
      expect(endsWithinFrame(whole.subarray(0, whole.length - missing))).toBe(true)
    }
  })
})
