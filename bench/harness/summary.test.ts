import { describe, expect, it } from 'vitest'
import type { Comparison, Measured } from './benchmark.ts'
import { isMet, ratioOf, summaryOf } from './summary.ts'
import { markdownTable, plainTable, rowsOf } from './table.ts'

function measured(figure: string, samples: number[]): Measured {
  return { figure, name: figure, unit: 'µs', samples }
}

const COMPARISON: Comparison = {
  ratio: 'cpuVsSocket',
  what: 'CPU',
  dividend: measured('cpuUs', [10, 30, 24]),
  divisor: measured('cpuSocketUs', [10, 20, 12]),
  target: { atMost: 1.5 },
}

const UNMEASURED: Comparison = {
  ...COMPARISON,
  ratio: 'processVsOurs',
  dividend: measured('processMs', []),
  divisor: measured('oursMs', [1]),
}

describe('a ratio', () => {
  it('is the median of the ratios of the runs, not the ratio of the medians', () => {
    expect(ratioOf(COMPARISON)).toBe(1.5)
    expect(ratioOf({ ...COMPARISON, dividend: measured('cpuUs', [10, 20, 36]) })).toBe(1)
  })

  it('is null when one side could not be measured', () => {
    expect(ratioOf(UNMEASURED)).toBeNull()
    expect(isMet(UNMEASURED)).toBeNull()
  })

  it('is held against its target, which counts as met', () => {
    expect(isMet(COMPARISON)).toBe(true)
    expect(isMet({ ...COMPARISON, target: { atMost: 1.49 } })).toBe(false)
    expect(isMet({ ...COMPARISON, target: { atLeast: 1.5 } })).toBe(true)
    expect(isMet({ ...COMPARISON, target: { atLeast: 10 } })).toBe(false)
  })
})

describe('a result', () => {
  const result = {
    comparisons: [COMPARISON, UNMEASURED],
    others: [measured('drainMs', [3, 1, 2])],
    warnings: [],
  }

  it('becomes one object of medians and ratios, with null for what could not be measured', () => {
    expect(summaryOf('agi', 3, result)).toEqual({
      bench: 'agi',
      runs: 3,
      figures: { cpuUs: 24, cpuSocketUs: 12, processMs: null, oursMs: 1, drainMs: 2 },
      ratios: { cpuVsSocket: 1.5, processVsOurs: null },
    })
  })

  it('is rounded to three digits', () => {
    const odd = { ...result, others: [measured('drainMs', [1.234_567])] }
    expect(summaryOf('agi', 1, odd).figures['drainMs']).toBe(1.23)
  })

  it('becomes a table that says what was compared, with what, and whether the target is met', () => {
    const lines = plainTable(rowsOf(result)).split('\n')
    expect(lines[1]).toMatch(/^CPU +24 µs \(cpuUs\) +12 µs \(cpuSocketUs\) +1\.5 +≤ 1\.5 +met$/)
    expect(lines[2]).toContain('not measured')
    expect(lines[3]).toMatch(/^drainMs +2 µs$/)
  })

  it('becomes a Markdown table with the same cells', () => {
    const lines = markdownTable(rowsOf(result)).split('\n')
    expect(lines[1]).toBe('| --- | --- | --- | --- | --- | --- |')
    expect(lines[2]).toBe('| CPU | 24 µs (cpuUs) | 12 µs (cpuSocketUs) | 1.5 | ≤ 1.5 | met |')
  })
})
