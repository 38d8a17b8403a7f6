import { ensureAsterisk } from '../../scripts/real-parts/asterisk.ts'
import { realPartsRequired } from '../../scripts/real-parts/config.ts'

/**
 * The root of a real Asterisk for `describe.runIf(root !== '')`, downloaded the first time; empty, with one loud
 * line, where it can't be had.
 *
 * @throws Error instead, with `CI=true`: there a missing Asterisk is a failure.
 */
export async function findAsteriskRoot(): Promise<string> {
  const asterisk = await ensureAsterisk((line) => process.stderr.write(`real Asterisk: ${line}\n`))
  if (asterisk.available) return asterisk.root
  const line = `REAL ASTERISK SKIPPED: ${asterisk.reason}`
  if (realPartsRequired()) throw new Error(line)
  process.stderr.write(`${line}\n`)
  return ''
}
