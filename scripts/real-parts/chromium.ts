import { type Availability, ensureDebianPart } from './debian-part.ts'
import type { Report } from './run.ts'

/** Makes sure of Chromium as Debian 12 has it; run it in its root, where it finds its libraries. */
export function ensureChromium(report?: Report): Promise<Availability> {
  return ensureDebianPart(
    { name: 'chromium', suite: 'bookworm', packages: ['chromium', 'fonts-dejavu-core'] },
    report,
  )
}
