import { appendFileSync, existsSync, readFileSync } from 'node:fs'

/** Something a test measured, for people to read at the end of the run; no test passes or fails by it. */
export interface Figure {
  name: string
  value: string
}

/** Keeps a figure when the run gathers them (`FIGURES_FILE` is set by `npm test`). */
export function recordFigure(name: string, value: string): void {
  const file = process.env['FIGURES_FILE']
  if (file !== undefined) {
    appendFileSync(file, `${JSON.stringify({ name, value })}\n`)
  }
}

export function readFigures(file: string): Figure[] {
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Figure)
    : []
}
