import { describe, expect, it } from 'vitest'
import { decodeWav, encodeWav, WavFormatError } from './wav.ts'

const samples = Int16Array.of(0, 1, -1, 32_767, -32_768)

describe('encodeWav', () => {
  it('gives back the same sound, rate and text when decoded', () => {
    const audio = { sampleRateHz: 8_000, samples, comment: 'Olá, João! Opção 1.' }
    expect(decodeWav(encodeWav(audio))).toEqual(audio)
  })

  it('puts the first sample at byte 44, where Asterisk takes it from, whatever the comment', () => {
    const file = encodeWav({ sampleRateHz: 8_000, samples, comment: 'x'.repeat(500) })
    expect(file.toString('latin1', 36, 40)).toBe('data')
    expect(file.readInt16LE(44 + 2 * 3)).toBe(32_767)
  })

  it('tells the sizes of the whole and of each chunk truly, padded to even', () => {
    for (const comment of ['ab', 'abc']) {
      const file = encodeWav({ sampleRateHz: 16_000, samples, comment })
      const listAt = 44 + file.readUInt32LE(40)
      expect(file.readUInt32LE(4)).toBe(file.length - 8)
      expect(file.toString('latin1', listAt, listAt + 4)).toBe('LIST')
      expect(listAt + 8 + file.readUInt32LE(listAt + 4)).toBe(file.length)
      expect(file.length % 2).toBe(0)
    }
  })

  it('writes no list without a comment', () => {
    expect(encodeWav({ sampleRateHz: 8_000, samples })).toHaveLength(44 + 2 * samples.length)
  })

  it('refuses a comment that is longer than any text', () => {
    expect(() => encodeWav({ sampleRateHz: 8_000, samples, comment: 'x'.repeat(12_000) })).toThrow(
      WavFormatError,
    )
  })
})

describe('decodeWav', () => {
  it('finds the samples behind other chunks', () => {
    const file = encodeWav({ sampleRateHz: 8_000, samples })
    const junk = Buffer.from('fact\x03\0\0\0abc\0', 'latin1')
    const longer = Buffer.concat([file.subarray(0, 36), junk, file.subarray(36)])
    expect(decodeWav(longer).samples).toEqual(samples)
  })

  it('takes what is there when the data chunk claims more, as programs that stream do', () => {
    const file = encodeWav({ sampleRateHz: 22_050, samples })
    file.writeUInt32LE(0x7f_ff_f0_00, 40)
    expect(decodeWav(file).samples).toEqual(samples)
  })

  it.each([
    ['an empty file', Buffer.alloc(0)],
    ['another kind of file', Buffer.from('ID3 something that is no wave file at all')],
    ['a header alone', encodeWav({ sampleRateHz: 8_000, samples }).subarray(0, 36)],
    ['no sample rate', encodeWav({ sampleRateHz: 0, samples })],
  ])('refuses %s', (_, file) => {
    expect(() => decodeWav(file)).toThrow(WavFormatError)
  })

  it('refuses stereo, 8-bit and compressed sound', () => {
    for (const [offset, value] of [
      [20, 6],
      [22, 2],
      [34, 8],
    ] as const) {
      const file = encodeWav({ sampleRateHz: 8_000, samples })
      file.writeUInt16LE(value, offset)
      expect(() => decodeWav(file)).toThrow(WavFormatError)
    }
  })

  it('survives any cut and any flipped byte', () => {
    const file = encodeWav({ sampleRateHz: 8_000, samples, comment: 'texto' })
    const damaged = Array.from(file, (byte, at) => {
      const flipped = Buffer.from(file)
      flipped[at] = 255 - byte
      return [file.subarray(0, at), flipped]
    }).flat()
    const faults = damaged.map(faultOf).filter((fault) => fault !== undefined)
    expect(faults.length).toBeGreaterThan(50)
    expect(faults.every((fault) => fault instanceof WavFormatError)).toBe(true)
  })
})

function faultOf(file: Buffer): unknown {
  try {
    decodeWav(file)
    return undefined
  } catch (error) {
    return error
  }
}
