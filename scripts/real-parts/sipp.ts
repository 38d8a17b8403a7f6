import { type Availability, ensureDebianPart } from './debian-part.ts'
import type { Report } from './run.ts'

/** Makes sure of SIPp, which makes calls by the hundred, in the root that Asterisk is in (3.8 seen). */
export function ensureSipp(report?: Report): Promise<Availability> {
  return ensureDebianPart({ name: 'sipp', suite: 'sid', packages: ['sip-tester'] }, report)
}
