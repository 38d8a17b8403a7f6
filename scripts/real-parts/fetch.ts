/** `node scripts/real-parts/fetch.ts`: gets the real Asterisk that the system tests call through; says where it is. */
import { ensureAsterisk } from './asterisk.ts'
import { realPartsRequired } from './config.ts'

const startedAt = performance.now()

function report(line: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)
  console.log(`${seconds} s  ${line}`)
}

const asterisk = await ensureAsterisk(report)
if (asterisk.available) {
  report(`Asterisk is ready in ${asterisk.root}`)
} else {
  console.error(`REAL ASTERISK SKIPPED: ${asterisk.reason}`)
  if (realPartsRequired()) process.exitCode = 1
}
