/** `node scripts/real-parts/fetch.ts`: gets the real parts that the tests run against; says where they are. */
import { ensureAsterisk } from './asterisk.ts'
import { ensureChromium } from './chromium.ts'
import { realPartsRequired } from './config.ts'
import { databaseServerNames, databaseServers, ensureDatabaseServer } from './database-servers.ts'
import type { Availability } from './debian-part.ts'
import { ensurePhp } from './php.ts'

const startedAt = performance.now()

function report(line: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)
  console.log(`${seconds} s  ${line}`)
}

function tell(name: string, part: Availability): void {
  if (part.available) {
    report(`${name} is ready in ${part.root}`)
    return
  }
  console.error(`REAL ${name} SKIPPED: ${part.reason}`)
  if (realPartsRequired()) process.exitCode = 1
}

tell('Asterisk', await ensureAsterisk(report))
tell('Chromium', await ensureChromium(report))
tell('PHP', await ensurePhp(report))
for (const kind of databaseServers) tell(databaseServerNames[kind], await ensureDatabaseServer(kind, report))
