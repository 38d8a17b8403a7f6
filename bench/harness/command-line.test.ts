import { describe, expect, it } from 'vitest'
import { readCommandLine } from './command-line.ts'

const NAMES = ['agi', 'api']

describe('readCommandLine', () => {
  it('measures five times when not told otherwise', () => {
    expect(readCommandLine(['agi'], NAMES)).toEqual({ name: 'agi', runs: 5, json: false, write: false })
  })

  it('takes its options in any place', () => {
    expect(readCommandLine(['--json', 'api', '--runs', '7', '--write'], NAMES)).toEqual({
      name: 'api',
      runs: 7,
      json: true,
      write: true,
    })
  })

  it.each([
    ['no name', []],
    ['an unknown name', ['ági']],
    ['two names', ['agi', 'api']],
    ['an unknown option', ['agi', '--fast']],
    ['no run', ['agi', '--runs', '0']],
    ['half a run', ['agi', '--runs', '1.5']],
    ['too many runs', ['agi', '--runs', '101']],
    ['runs that are no number', ['agi', '--runs', 'many']],
  ])('tells the names of the benchmarks after %s', (_fault, args) => {
    expect(() => readCommandLine(args, NAMES)).toThrow('Benchmarks: agi, api.')
  })
})
