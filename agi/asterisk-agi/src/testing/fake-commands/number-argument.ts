const INTEGER = /^\s*([+-]?\d+)/
const DECIMAL = /^\s*([+-]?(?:\d+\.?\d*|\.\d+))/

/** As `sscanf(text, "%d")`: the whole number a text begins with, or null. */
export function scanInteger(text: string): number | null {
  const found = INTEGER.exec(text)
  return found === null ? null : Number(found[1])
}

/** As `sscanf(text, "%lf")`, for what people write. */
export function scanDecimal(text: string): number | null {
  const found = DECIMAL.exec(text)
  return found === null ? null : Number(found[1])
}

/** As `atoi`: 0 where there is no number. */
export function integerOrZero(text: string): number {
  return scanInteger(text) ?? 0
}
