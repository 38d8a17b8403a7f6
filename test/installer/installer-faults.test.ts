import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { freepbxShaped } from './layouts.ts'
import { makePbx, type Pbx } from './pbx.ts'

const isRoot = process.getuid?.() === 0

let pbx: Pbx | undefined
afterEach(async () => {
  await pbx?.remove()
  pbx = undefined
})

async function begin(files: Record<string, string> = freepbxShaped): Promise<Pbx> {
  pbx = await makePbx(files)
  return pbx
}

/**
 * A command line that kills the installer (SIGKILL) at its n-th use of a command: just before it, or just after. Before
 * `mv` a new file lies beside the old one; after it the next step has not begun.
 */
async function killedAt(options: { folder: string; command: string; use: number; after: boolean }) {
  const { folder, command, use, after } = options
  const bin = join(folder, `../bin-${command}-${use}-${after}`)
  await mkdir(bin)
  const [before, then] = after ? [':', 'kill -KILL $PPID'] : ['kill -KILL $PPID', ':']
  const script = [
    '#!/bin/sh',
    `echo x >> ${bin}/count`,
    `if [ "$(wc -l < ${bin}/count)" -ne ${use} ]; then exec /bin/${command} "$@"; fi`,
    before,
    `/bin/${command} "$@"`,
    then,
  ]
  await writeFile(join(bin, command), `${script.join('\n')}\n`)
  await chmod(join(bin, command), 0o755)
  return ['env', `PATH=${bin}:${process.env['PATH']}`]
}

/** A mount namespace in which a folder is a disk of its own. */
function withDisk(folder: string, mountOptions: string, arrange = ':'): string[] {
  const script = `mkdir -p "$0" && mount -t tmpfs -o ${mountOptions} tmpfs "$0" && ${arrange} && exec "$@"`
  return ['unshare', '--mount', '--', 'sh', '-c', script, folder]
}

describe.runIf(isRoot)('the installer, disturbed', () => {
  // Sounds come first (24 with manifest and digits), then the dialplan, then the lines that include it.
  const moments = [1, 2, 24, 25, 26, 27, 28, 29, 30, 31].flatMap((use) => [
    { command: 'mv', use, after: false },
    { command: 'mv', use, after: true },
  ])

  it('is killed at any moment: the files that are included are there, it can be run again, and nothing stays behind', async () => {
    const whole = await begin()
    await whole.run('install')
    const installed = await whole.snapshot()
    await whole.remove()
    let killed = 0
    for (const moment of moments) {
      const { runBy, run, snapshot, read, folder, remove } = await begin()
      const before = await snapshot()
      const { code } = await runBy(await killedAt({ folder, ...moment }), 'install')
      if (code === null) killed += 1
      const isIncluded = (await read('etc/asterisk/extensions_custom.conf')).includes(
        '#include ura-helpdesk.conf',
      )
      const isThere = 'etc/asterisk/ura-helpdesk.conf' in (await snapshot())
      expect(isThere || !isIncluded).toBe(true)
      expect(await run('install')).toMatchObject({ code: 0 })
      expect(await snapshot()).toEqual(installed)
      expect(await run('uninstall')).toMatchObject({ code: 0 })
      expect(await snapshot()).toEqual(before)
      await remove()
    }
    expect(killed).toBeGreaterThan(15)
  }, 240_000)

  it('is killed while it uninstalls, and does it again from where it was', async () => {
    let killed = 0
    for (const moment of [
      { command: 'mv', use: 1, after: false },
      { command: 'mv', use: 2, after: true },
      { command: 'rm', use: 5, after: true },
      { command: 'rm', use: 20, after: false },
      { command: 'rm', use: 40, after: true },
      { command: 'rmdir', use: 1, after: true },
    ]) {
      const { runBy, run, snapshot, folder, remove } = await begin()
      const before = await snapshot()
      await run('install')
      if ((await runBy(await killedAt({ folder, ...moment }), 'uninstall')).code === null) killed += 1
      expect(await run('uninstall')).toMatchObject({ code: 0 })
      expect(await snapshot()).toEqual(before)
      await remove()
    }
    expect(killed).toBe(6)
  }, 120_000)

  it('says that the prompts do not fit, before it changes anything', async () => {
    const { runBy, snapshot, sounds } = await begin()
    const before = await snapshot()
    const run = await runBy(withDisk(sounds, 'size=200k'), 'install')
    expect(run).toMatchObject({ code: 1, output: expect.stringMatching(/falta espaço em .*Nada foi mudado/) })
    expect(await snapshot()).toEqual(before)
  })

  it('says that the configuration could not be written when the disk fills up, and leaves each file whole', async () => {
    const { runBy, snapshot, etc } = await begin()
    // The configuration on a disk of 12 kB: enough for what is there, not for the dialplan.
    const fill = `printf '[mine]\\n' > "$0/extensions_custom.conf" && : > "$0/extensions_additional.conf"`
    const look = 'etc=$0; "$@"; code=$?; cat "$etc/extensions_custom.conf"; ls -A "$etc"; exit $code'
    const run = await runBy([...withDisk(etc, 'size=12k', fill), 'sh', '-c', look, etc], 'install')
    expect(run).toMatchObject({
      code: 1,
      output: expect.stringMatching(/não foi possível gravar .*disco cheio/),
    })
    expect(run.output).toContain('[mine]\n')
    expect(run.output).not.toContain('.ura-new')
    expect(Object.keys(await snapshot())).not.toContain('etc/asterisk/ura-helpdesk.conf')
  })

  it.each(['etc', 'sounds'] as const)(
    'says that %s can not be written to, before it changes anything',
    async (name) => {
      const current = await begin()
      const before = await current.snapshot()
      const readOnly = [
        'unshare',
        '--mount',
        '--',
        'sh',
        '-c',
        'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"',
      ]
      const run = await current.runBy([...readOnly, current[name]], 'install')
      expect(run).toMatchObject({
        code: 1,
        output: expect.stringMatching(/não é possível gravar em .*Nada foi mudado/),
      })
      expect(await current.snapshot()).toEqual(before)
    },
  )

  it.each(['install', 'uninstall'])('refuses to %s for another user than root', async (verb) => {
    const { runBy, snapshot, folder } = await begin()
    await chmod(join(folder, '..'), 0o755)
    const before = await snapshot()
    const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--']
    expect(await runBy(nobody, verb)).toMatchObject({
      code: 2,
      output: expect.stringContaining('rode como root'),
    })
    expect(await snapshot()).toEqual(before)
  })

  it('lets only one installer work at a time', async () => {
    const { run, state } = await begin()
    await mkdir(state, { recursive: true })
    const holder = spawn('flock', [join(state, 'lock'), 'sh', '-c', 'echo held; exec cat'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    await once(holder.stdout, 'data')
    expect(await run('install')).toMatchObject({
      code: 1,
      output: expect.stringContaining('outro instalador'),
    })
    const gone = once(holder, 'close')
    holder.stdin.end()
    await gone
    expect(await run('install')).toMatchObject({ code: 0 })
  })

  it('refuses a package without its prompts', async () => {
    const { runBy, snapshot, package: folder } = await begin()
    const before = await snapshot()
    const run = await runBy(['sh', '-c', `rm -r ${folder}/sounds; exec "$0" "$@"`], 'install')
    expect(run).toMatchObject({ code: 1, output: expect.stringContaining('dialplan:package') })
    expect(await snapshot()).toEqual(before)
  })

  it('leaves a file alone in which the end of its lines is gone, and says which', async () => {
    const { run, read, write } = await begin()
    await run('install')
    const name = 'etc/asterisk/extensions_custom.conf'
    const damaged = `${(await read(name)).replace('; <<< URA Chamados\n', '')}[mine]\nexten => 1,1,Hangup()\n`
    await write(name, damaged)
    expect(await run('uninstall')).toMatchObject({
      code: 1,
      output: expect.stringContaining('extensions_custom.conf falta'),
    })
    expect(await read(name)).toBe(damaged)
  })
})
