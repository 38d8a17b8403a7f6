import { type Availability, ensureDebianPart } from './debian-part.ts'
import type { Report } from './run.ts'

/** Makes sure of Asterisk 22 as Debian sid has it (22.10.1 seen). */
export function ensureAsterisk(report?: Report): Promise<Availability> {
  const packages = [
    'asterisk',
    // Brings res_curl, func_curl and res_http_media_cache, and libcurl with them.
    'asterisk-modules',
    'ca-certificates',
    // For time zones named in GotoIfTime.
    'tzdata',
  ]
  return ensureDebianPart({ name: 'asterisk', suite: 'sid', packages }, report)
}
