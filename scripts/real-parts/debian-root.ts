import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { commandInRoot, isolatedCommand } from './chroot.ts'
import { withLock } from './lock.ts'
import { type Report, run, succeeds } from './run.ts'

/** A Debian release that a root is made of. */
export type Suite = 'sid' | 'bookworm'

/** A group of Debian packages that belong together; installed once, and again when its list changes. */
export type PackageGroup = { name: string; suite: Suite; packages: readonly string[] }

const stepTimeoutMs = 15 * 60_000
const lockWaitSeconds = 30 * 60
const stampFolder = 'var/lib/ura-real-parts'

/**
 * Gives the path of a Debian root under `folder` that holds every package of `group`, making what is missing: a root of
 * its own because Debian stable has no Asterisk, and a machine's own servers are not for tests. Can be called at any time, by several processes at once; what
 * a killed run left half made is made again.
 *
 * @throws Error with the failed command and its last lines; a step takes 15 minutes at most.
 */
export async function ensureDebianRoot(options: {
  folder: string
  group: PackageGroup
  report: Report
}): Promise<string> {
  const { folder, group, report } = options
  const root = join(folder, `debian-${group.suite}`)
  if (await isInstalled(root, group)) return root
  await mkdir(folder, { recursive: true, mode: 0o755 })
  return withLock({ file: join(folder, 'lock'), waitSeconds: lockWaitSeconds }, async () => {
    if (!existsSync(root)) await makeRoot(root, { suite: group.suite, report })
    if (!(await isInstalled(root, group))) await install({ root, group, report })
    return root
  })
}

async function makeRoot(root: string, { suite, report }: { suite: Suite; report: Report }): Promise<void> {
  const partial = `${root}.partial`
  if (!(await succeeds('debootstrap', '--version'))) await installDebootstrap(report)
  await rm(partial, { recursive: true, force: true })
  report(`making a Debian ${suite} root (about 20 s on a good line)`)
  const debootstrap = isolatedCommand(['debootstrap', '--variant=minbase', suite, partial])
  await run({ ...debootstrap, timeoutMs: stepTimeoutMs, report })
  const policy = join(partial, 'usr/sbin/policy-rc.d')
  // Debian's way of saying that no package may start its service: invoke-rc.d(8), status 101.
  await writeFile(policy, '#!/bin/sh\nexit 101\n')
  await chmod(policy, 0o755)
  await rename(partial, root) // the last step, so that a root with its final name is a whole one
}

async function installDebootstrap(report: Report): Promise<void> {
  report('installing debootstrap')
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'debootstrap']]) {
    await run({ file: 'apt-get', args, timeoutMs: stepTimeoutMs, report })
  }
}

async function install(options: { root: string; group: PackageGroup; report: Report }): Promise<void> {
  const { root, group, report } = options
  report(`installing ${group.name}: ${group.packages.join(' ')}`)
  const inRoot = (...command: string[]) =>
    run({ ...commandInRoot({ root, command }), timeoutMs: stepTimeoutMs, report })
  const installPackages = () =>
    inRoot('apt-get', 'install', '-y', '--fix-broken', '--no-install-recommends', ...group.packages)
  await inRoot('dpkg', '--configure', '-a') // ends what a killed run had begun
  try {
    await installPackages() // with the package lists that debootstrap left: no second download of them
  } catch {
    report('the package lists may be out of date: getting new ones')
    await inRoot('apt-get', 'update')
    await installPackages()
  }
  await inRoot('apt-get', 'clean')
  await mkdir(join(root, stampFolder), { recursive: true })
  const stamp = join(root, stampFolder, group.name)
  await writeFile(`${stamp}.partial`, stampText(group))
  await rename(`${stamp}.partial`, stamp)
}

async function isInstalled(root: string, group: PackageGroup): Promise<boolean> {
  const stamp = await readFile(join(root, stampFolder, group.name), 'utf8').catch(() => '')
  return stamp === stampText(group)
}

function stampText(group: PackageGroup): string {
  return `${group.packages.join('\n')}\n`
}
