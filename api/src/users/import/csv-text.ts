import { CsvError, parse } from 'csv-parse/sync'

/** One line of a table: where it begins in the file, from 1, and its cells. */
export interface CsvLine {
  number: number
  cells: readonly string[]
}

/** A file that is no table at all; the message says why, in Portuguese. */
export class CsvFileError extends Error {
  override readonly name = 'CsvFileError'
}

/**
 * Text of a file as people's programs save it: UTF-8 with or without byte order mark, UTF-16 with one (Excel's
 * "Unicode text"), and what is no UTF-8 as Windows-1252, which contains Latin-1's letters.
 */
export function decodeText(bytes: Uint8Array): string {
  const encoding = utf16Encoding(bytes)
  if (encoding !== null) {
    return new TextDecoder(encoding).decode(bytes)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

function utf16Encoding(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) {
    return 'utf-16le'
  }
  return first === 0xfe && second === 0xff ? 'utf-16be' : null
}

/**
 * The lines of a CSV text, empty ones left out; the separator (`;`, `,` or tab) is the one most used in the first
 * line. Lines may have any number of cells.
 * @throws CsvFileError for a quoted field that never ends or goes on behind its end
 */
export function parseCsv(text: string): CsvLine[] {
  try {
    const records = parse(text, {
      delimiter: separatorOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as { info: { lines: number }; record: string[] }[]
    return records.map(({ info, record }) => ({
      // The parser counts to a record's end.
      number: info.lines - record.reduce((breaks, cell) => breaks + lineBreaks(cell), 0),
      cells: record.map(unprotectedCell),
    }))
  } catch (error) {
    if (!(error instanceof CsvError)) {
      throw error
    }
    const { lines } = error as unknown as { lines?: number }
    const reason = error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'aspas que não se fecham' : 'aspas fora de lugar'
    throw new CsvFileError(`linha ${lines ?? '?'}: ${reason}`, { cause: error })
  }
}

/**
 * A cell that a spreadsheet would take for a formula (`=`, `+`, `-`, `@` at its start) gets an apostrophe in front,
 * as OWASP advises against CSV injection; {@link unprotectedCell} takes it away again.
 */
export function protectedCell(text: string): string {
  return /^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text
}

/** What {@link protectedCell} was given. */
export function unprotectedCell(text: string): string {
  return /^'+[=+\-@\t\r]/.test(text) ? text.slice(1) : text
}

function separatorOf(text: string): string {
  const firstLine = /^[^\r\n]*/.exec(text.trimStart())?.[0] ?? ''
  const counted = [';', ',', '\t'].map((separator) => ({
    separator,
    count: firstLine.split(separator).length,
  }))
  return counted.reduce((most, one) => (one.count > most.count ? one : most)).separator
}

function lineBreaks(cell: string): number {
  return cell.match(/\r\n|\r|\n/g)?.length ?? 0
}
