import type { BenchmarkResult, Comparison, Measured } from './benchmark.ts'
import { isMet, medianOf, ratioOf } from './summary.ts'

const HEAD = ['compared', 'median', 'divided by', 'ratio', 'target', '']

/** The rows of a result, head first, for {@link plainTable} and {@link markdownTable}. */
export function rowsOf(result: BenchmarkResult): string[][] {
  return [HEAD, ...result.comparisons.map(comparisonRow), ...result.others.map(otherRow)]
}

/** Rows as aligned columns of text. */
export function plainTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Rows as a Markdown table. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows
  return [head, head.map(() => '---'), ...body].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

function comparisonRow(comparison: Comparison): string[] {
  const { what, dividend, divisor, target } = comparison
  const wanted = 'atMost' in target ? `≤ ${target.atMost}` : `≥ ${target.atLeast}`
  const met = isMet(comparison)
  return [
    what,
    measuredText(dividend),
    measuredText(divisor),
    String(ratioOf(comparison) ?? 'not measured'),
    wanted,
    met === null ? '' : met ? 'met' : 'MISSED',
  ]
}

function otherRow(measured: Measured): string[] {
  return [measured.name, valueText(measured), '', '', '', '']
}

function measuredText(measured: Measured): string {
  return `${valueText(measured)} (${measured.name})`
}

function valueText(measured: Measured): string {
  const value = medianOf(measured)
  return value === null ? 'not measured' : `${value.toLocaleString('en')} ${measured.unit}`
}
