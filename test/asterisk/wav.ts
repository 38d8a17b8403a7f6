/** Sound as the telephone has it: one channel of 16-bit samples. */
export type Sound = { rateHz: number; samples: Int16Array }

/** A WAV file (RIFF, PCM 16-bit mono): header of 44 bytes, then the samples, little-endian. */
export function encodeWav(sound: Sound): Buffer {
  const dataBytes = sound.samples.length * 2
  const file = Buffer.alloc(44 + dataBytes)
  file.write('RIFF', 0, 'latin1')
  file.writeUInt32LE(36 + dataBytes, 4)
  file.write('WAVEfmt ', 8, 'latin1')
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20) // PCM
  file.writeUInt16LE(1, 22) // mono
  file.writeUInt32LE(sound.rateHz, 24)
  file.writeUInt32LE(sound.rateHz * 2, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write('data', 36, 'latin1')
  file.writeUInt32LE(dataBytes, 40)
  for (const [index, sample] of sound.samples.entries()) file.writeInt16LE(sample, 44 + index * 2)
  return file
}

/**
 * The sound of a WAV file, whatever other chunks it has.
 *
 * @throws Error when it isn't PCM, 16 bits, mono, or has no samples' chunk.
 */
export function decodeWav(file: Buffer): Sound {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE')
    throw new Error('not a WAV file')
  let rateHz = 0
  for (let at = 12; at + 8 <= file.length;) {
    const name = file.toString('latin1', at, at + 4)
    const bytes = file.readUInt32LE(at + 4)
    const start = at + 8
    if (name === 'fmt ') {
      const [format, channels, bits] = [0, 2, 14].map((offset) => file.readUInt16LE(start + offset))
      if (format !== 1 || channels !== 1 || bits !== 16) throw new Error('not 16-bit mono PCM')
      rateHz = file.readUInt32LE(start + 4)
    } else if (name === 'data') {
      const end = Math.min(start + bytes, file.length) // a recording cut short says more than it has
      const samples = new Int16Array(Math.floor((end - start) / 2))
      for (let index = 0; index < samples.length; index += 1)
        samples[index] = file.readInt16LE(start + index * 2)
      return { rateHz, samples }
    }
    at = start + bytes + (bytes % 2)
  }
  throw new Error('a WAV file without samples')
}
