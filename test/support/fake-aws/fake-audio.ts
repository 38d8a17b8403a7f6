/** MPEG-2 Layer III, 48 kbit/s, 24 kHz, one channel, no CRC: the form of Polly's neural voices. */
const frameHeader = Buffer.from([0xff, 0xf3, 0x64, 0xc4])
/** 576 samples at 24 kHz. */
const frameMilliseconds = 24
/** 72 × 48,000 ÷ 24,000. */
const frameBytes = 144

/** Whole MP3 frames without any sound in them, at least one. */
export function mp3Silence(durationMs: number): Buffer {
  const frame = Buffer.alloc(frameBytes)
  frameHeader.copy(frame)
  const frames = Math.max(1, Math.ceil(durationMs / frameMilliseconds))
  return Buffer.concat(Array.from({ length: frames }, () => frame))
}

/** 16-bit little-endian samples of 440 Hz at a quarter of the full level. */
export function pcmTone(durationMs: number, sampleRateHz: number): Buffer {
  const samples = Math.round((durationMs * sampleRateHz) / 1000)
  const bytes = Buffer.alloc(2 * samples)
  for (let index = 0; index < samples; index += 1) {
    const value = 8_191 * Math.sin((2 * Math.PI * 440 * index) / sampleRateHz)
    bytes.writeInt16LE(Math.round(value), 2 * index)
  }
  return bytes
}
