import { type Availability, ensureDebianPart } from './debian-part.ts'
import type { Report } from './run.ts'

/** Makes sure of PHP in the root that Asterisk is in, so that Asterisk can start it as process AGI (8.4 seen). */
export function ensurePhp(report?: Report): Promise<Availability> {
  return ensureDebianPart({ name: 'php', suite: 'sid', packages: ['php-cli'] }, report)
}
