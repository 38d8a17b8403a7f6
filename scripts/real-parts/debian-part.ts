import { existsSync } from 'node:fs'
import { realPartsFolder } from './config.ts'
import { ensureDebianRoot, type PackageGroup } from './debian-root.ts'
import { type Report, succeeds } from './run.ts'

/** A real part that is there, with the root that holds it, or why it can't be had on this machine. */
export type Availability = { available: true; root: string } | { available: false; reason: string }

/**
 * Makes sure of a real part: gives the root to run it in (`chroot`), downloading it the first time (about a minute).
 * Never throws: what is missing is told in `reason`, in one line, with how to get it.
 */
export async function ensureDebianPart(
  group: PackageGroup,
  report: Report = () => {},
): Promise<Availability> {
  const obstacle = await findObstacle()
  if (obstacle !== undefined) return { available: false, reason: obstacle }
  try {
    const root = await ensureDebianRoot({ folder: realPartsFolder(), group, report })
    return { available: true, root }
  } catch (error) {
    const [firstLine] = String(error instanceof Error ? error.message : error).split('\n')
    report(String(error instanceof Error ? error.message : error))
    return { available: false, reason: `could not be installed: ${firstLine}` }
  }
}

async function findObstacle(): Promise<string | undefined> {
  const advice =
    'run as root on Debian (a container with --cap-add SYS_ADMIN will do): node scripts/real-parts/fetch.ts'
  if (process.platform !== 'linux') return `needs Linux; ${advice}`
  if (process.getuid?.() !== 0) return `needs root, to make a Debian root of its own; ${advice}`
  if (!existsSync('/usr/bin/apt-get')) return `needs Debian's apt-get; ${advice}`
  if (!(await succeeds('unshare', '--mount', '--pid', '--fork', 'true')))
    return `may not mount here; ${advice}`
  return undefined
}
