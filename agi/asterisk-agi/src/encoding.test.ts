import { describe, expect, it } from 'vitest'
import { encodeCommand, lineBytesMaxOf } from './encoding.ts'
import { AgiArgumentError } from './errors.ts'
import { splitArguments } from './testing/command-table.ts'

function encode(verb: string, args: (string | number)[], lineBytesMax = 8_191): string {
  return encodeCommand({ verb, arguments: args }, lineBytesMax)
}

describe('encoding a command', () => {
  it('quotes text, writes numbers bare and ends with one line feed', () => {
    expect(encode('GET DATA', ['ura/ask', 4_000, 4])).toBe('GET DATA "ura/ask" 4000 4\n')
  })

  it('writes an empty value as an empty pair of quotes', () => {
    expect(encode('SET VARIABLE', ['X', ''])).toBe('SET VARIABLE "X" ""\n')
  })

  it.each(['say "hi"', String.raw`back\slash`, String.raw`\"`, 'tab\there', 'ação', '  spaces  '])(
    'brings %j through to Asterisk unchanged',
    (text) => {
      expect(splitArguments(encode('VERBOSE', [text, 1]).trimEnd())).toEqual(['VERBOSE', text, '1'])
    },
  )

  it.each(['x\nHANGUP', 'x\r', 'x\0'])('refuses %j: what follows would be a command of its own', (text) => {
    expect(() => encode('SET VARIABLE', ['X', text])).toThrow(AgiArgumentError)
  })

  it('never puts an argument into the message of an error', () => {
    expect(() => encode('SET VARIABLE', ['X', 'secret\n'])).toThrow(
      expect.objectContaining({ command: 'SET VARIABLE', message: expect.not.stringContaining('secret') }),
    )
  })

  it('counts the whole line, line feed included, in bytes', () => {
    const overhead = 'VERBOSE ""\n'.length
    expect(encode('VERBOSE', ['a'.repeat(2_047 - overhead)], 2_047)).toHaveLength(2_047)
    expect(() => encode('VERBOSE', ['a'.repeat(2_048 - overhead)], 2_047)).toThrow(AgiArgumentError)
    expect(() => encode('VERBOSE', ['é'.repeat(1_024)], 2_047)).toThrow(AgiArgumentError)
  })

  it('refuses more than 127 words', () => {
    expect(() =>
      encode(
        'EXEC',
        Array.from({ length: 126 }, () => 'a'),
      ),
    ).not.toThrow()
    expect(() =>
      encode(
        'EXEC',
        Array.from({ length: 127 }, () => 'a'),
      ),
    ).toThrow(AgiArgumentError)
  })

  it.each([Number.NaN, 1.5, Infinity])('refuses %d as a number', (number) => {
    expect(() => encode('WAIT FOR DIGIT', [number])).toThrow(AgiArgumentError)
  })
})

describe('the longest line by version', () => {
  it.each([
    ['22.5.2', 2_047],
    ['22.6.0', 8_191],
    ['22.10.1+dfsg~1', 8_191],
    ['20.15.2', 2_047],
    ['20.16.0', 8_191],
    ['21.10.2', 2_047],
    ['21.11.0', 8_191],
    ['18.26.0', 2_047],
    ['23.0.0', 8_191],
    ['certified/20.7-cert5', 2_047],
    ['GIT-master-abc', 2_047],
    ['', 2_047],
  ])('%s: %d bytes', (version, bytes) => {
    expect(lineBytesMaxOf(version)).toBe(bytes)
  })
})
