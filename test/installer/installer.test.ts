import { chmod, chown, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { freepbxShaped, installedByHand, plainAsterisk } from './layouts.ts'
import { makePbx, type Pbx, runCommand } from './pbx.ts'

/** It changes owners, so it runs as root, here as on a PBX. */
const isRoot = process.getuid?.() === 0

let pbx: Pbx | undefined
afterEach(async () => {
  await pbx?.remove()
  pbx = undefined
})

async function begin(files: Record<string, string>): Promise<Pbx> {
  pbx = await makePbx(files)
  return pbx
}

const layouts = [
  ['a plain Asterisk', plainAsterisk],
  ['a FreePBX', freepbxShaped],
  ['an installation by hand', installedByHand],
] as const

describe.runIf(isRoot)('the installer', () => {
  describe.each(layouts)('on %s', (_, files) => {
    it('leaves every byte, mode and owner as they were when it is uninstalled', async () => {
      const { run, snapshot, write } = await begin(files)
      await write('etc/asterisk/extensions_other.conf', 'not ours\n')
      const before = await snapshot()
      expect(await run('install', '--server1', '10.0.0.5:4573')).toMatchObject({ code: 0 })
      expect(await snapshot()).not.toEqual(before)
      expect(await run('uninstall')).toMatchObject({ code: 0 })
      expect(await snapshot()).toEqual(before)
    })

    it('changes nothing when it is run again', async () => {
      const { run, snapshot } = await begin(files)
      await run('install')
      const installed = await snapshot()
      const again = await run('install')
      expect(again).toMatchObject({ code: 0, output: expect.stringContaining('Nada mudou') })
      expect(await snapshot()).toEqual(installed)
    })

    it('only tells what it would do with --dry-run', async () => {
      const { run, snapshot } = await begin(files)
      const before = await snapshot()
      const dry = await run('install', '--dry-run', '--queue', '700')
      expect(dry).toMatchObject({ code: 0, output: expect.stringContaining('mudaria: ') })
      expect(await snapshot()).toEqual(before)
      await run('install')
      const installed = await snapshot()
      expect((await run('uninstall', '--dry-run')).output).toContain('mudaria: ')
      expect(await snapshot()).toEqual(installed)
    })
  })

  it('puts the includes of a plain Asterisk where both sections are read', async () => {
    const { run, read } = await begin(plainAsterisk)
    await run('install')
    const text = await read('etc/asterisk/extensions.conf')
    expect(text).toMatch(
      /\n; >>> .*\n\[globals\]\(\+\)\n#include ura-globals\.conf\n#include ura-helpdesk\.conf\n#include ura-steps\.conf\n; <<< .*\n$/,
    )
  })

  it('begins [globals] where there is none, also when another file that is included has it', async () => {
    const alone = await begin({ 'etc/asterisk/extensions.conf': '[internal]\n' })
    await alone.run('install')
    expect(await alone.read('etc/asterisk/extensions.conf')).toContain(
      '\n[globals]\n#include ura-globals.conf',
    )
    await alone.remove()
    const included = await begin({
      'etc/asterisk/extensions.conf': '#include "my-globals.conf"\n[internal]\n',
      'etc/asterisk/my-globals.conf': '[globals]\nX=1\n',
    })
    await included.run('install')
    expect(await included.read('etc/asterisk/extensions.conf')).toContain('\n[globals](+)\n')
  })

  it('edits no file that FreePBX generates', async () => {
    const { run, snapshot } = await begin(freepbxShaped)
    const before = await snapshot()
    await run('install')
    const after = await snapshot()
    const changed = Object.keys(before).filter((name) => before[name] !== after[name])
    expect(changed).toEqual(['etc/asterisk/extensions_custom.conf', 'etc/asterisk/globals_custom.conf'])
  })

  describe('with what the administrator has set', () => {
    it('keeps values on an upgrade, adds new keys with their explanation, and changes what an option names', async () => {
      const { run, read } = await begin(installedByHand)
      await run('install', '--queue-seconds', '30')
      const globals = await read('etc/asterisk/ura-globals.conf')
      expect(globals).toMatch(/^; mine\nURA_SERVER1=10\.1\.1\.1:4573\n/)
      expect(globals).toContain('\nURA_QUEUE=701\nURA_QUEUE_SECONDS=30\n')
      expect(globals).toMatch(/\n; Gravar a conversa [^\n]*\n; [^\n]*\nURA_RECORDING=no\n/)
      expect(globals.match(/^URA_SERVER1=/gm)).toHaveLength(1)
      await run(
        'install',
        '--recording',
        'sim',
        '--time-condition',
        '3',
        '--hours',
        '08:00-18:00,mon-fri,*,*',
      )
      expect(await read('etc/asterisk/ura-globals.conf')).toMatch(
        /URA_RECORDING=yes\n[^]*URA_HOURS=08:00-18:00,mon-fri,\*,\*\n[^]*URA_TIME_CONDITION=3\n/,
      )
    })

    it('takes an include that was written by hand for what it is, and adds what is missing', async () => {
      const { run, read } = await begin(installedByHand)
      await run('install')
      const includes = /^#include .*$/gm
      expect((await read('etc/asterisk/extensions_custom.conf')).match(includes)).toEqual([
        '#include ura-helpdesk.conf',
        '#include ura-steps.conf',
      ])
      expect((await read('etc/asterisk/globals_custom.conf')).match(includes)).toEqual([
        '#include ura-globals.conf',
      ])
    })

    it('keeps lines that were added around ours', async () => {
      const { run, read, write } = await begin(freepbxShaped)
      await run('install')
      const name = 'etc/asterisk/extensions_custom.conf'
      await write(name, `; first\n${await read(name)}[mine]\nexten => 1,1,Hangup()`)
      await run('uninstall')
      expect(await read(name)).toBe(`; first\n${freepbxShaped[name]}[mine]\nexten => 1,1,Hangup()`)
    })

    it('replaces its own dialplan when it was edited, and keeps a copy', async () => {
      const { run, write, read, state } = await begin(freepbxShaped)
      await run('install')
      const shipped = await read('etc/asterisk/ura-helpdesk.conf')
      await write('etc/asterisk/ura-helpdesk.conf', '; edited\n')
      await run('install')
      expect(await read('etc/asterisk/ura-helpdesk.conf')).toBe(shipped)
      const kept = await readdir(join(state, 'backups'), { recursive: true })
      expect(kept.filter((name) => name.endsWith('etc/asterisk/ura-helpdesk.conf'))).toHaveLength(1)
    })

    it('follows a link to where the file really is', async () => {
      const { run, read, write, folder, snapshot } = await begin({ 'etc/freepbx.conf': '<?php\n' })
      await write('versioned/extensions_custom.conf', '[mine]\n')
      await symlink(
        '../../versioned/extensions_custom.conf',
        join(folder, 'etc/asterisk/extensions_custom.conf'),
      )
      const before = await snapshot()
      await run('install')
      const link = 'etc/asterisk/extensions_custom.conf'
      expect((await snapshot())[link]).toBe(before[link])
      expect(await read('versioned/extensions_custom.conf')).toContain('#include ura-helpdesk.conf')
      await run('uninstall')
      expect(await snapshot()).toEqual(before)
    })
  })

  describe('the time limit for audio of the API', () => {
    const name = 'etc/asterisk/res_http_media_cache.conf'

    it('is added behind the other settings of the file, whatever it was', async () => {
      const { run, read } = await begin({ ...plainAsterisk, [name]: '[general]\ntimeout_secs = 60\n' })
      await run('install')
      expect(await read(name)).toMatch(
        /^\[general\]\ntimeout_secs = 60\n; >>> .*\n\[general\]\(\+\)\ntimeout_secs=1\n/,
      )
      expect((await run('verify')).output).toContain('ok     espera curta')
    })

    it('is left as the administrator has it when it is short enough', async () => {
      const { run, read } = await begin({ ...plainAsterisk, [name]: '[general]\ntimeout_secs=2\n' })
      await run('install')
      expect(await read(name)).toBe('[general]\ntimeout_secs=2\n')
    })
  })

  it('gives the PBX digits only where it has none, in any format', async () => {
    const { run, sounds } = await begin(plainAsterisk)
    await run('install')
    const digits = await readdir(join(sounds, 'pt_BR/digits'))
    expect(digits.toSorted()).toEqual(
      Array.from('0123456789', (digit) => (digit === '1' ? '1.gsm' : `${digit}.wav`)),
    )
  })

  it('gives files to the owner of the configuration, and keeps owner and mode of those that were there', async () => {
    const { run, snapshot, etc } = await begin(freepbxShaped)
    await chown(join(etc, 'extensions_custom.conf'), 990, 991)
    await chmod(join(etc, 'extensions_custom.conf'), 0o664)
    await run('install', '--owner', '995:995')
    const after = await snapshot()
    expect(after['etc/asterisk/extensions_custom.conf']).toMatch(/^100664 990:991 /)
    expect(after['etc/asterisk/ura-helpdesk.conf']).toMatch(/^100644 995:995 /)
    expect(after['sounds/pt_BR/ura/goodbye.wav']).toMatch(/^100644 995:995 /)
    expect(after['usr/local/sbin/ura-media-cache-clean']).toMatch(/^100755 0:0 /)
  })

  it('takes away prompts that a new version no longer has', async () => {
    const { run, snapshot, package: folder, read } = await begin(freepbxShaped)
    const manifest = join(folder, 'sounds/pt_BR/ura/manifest.json')
    const current = JSON.parse(await read('../package/sounds/pt_BR/ura/manifest.json')) as object[]
    await writeFile(join(folder, 'sounds/pt_BR/ura/old.wav'), 'old')
    await writeFile(manifest, JSON.stringify([...current, { id: 'old', file: 'old.wav' }], undefined, 2))
    await run('install')
    expect(await snapshot()).toHaveProperty('sounds/pt_BR/ura/old.wav')
    await writeFile(manifest, JSON.stringify(current, undefined, 2))
    await run('install')
    expect(Object.keys(await snapshot()).filter((name) => name.endsWith('old.wav'))).toEqual([])
  })

  it.each([
    [['instal'], 'não entendi: instal'],
    [[], 'falta o verbo'],
    [['install', '--queue'], 'falta o valor de --queue'],
    [['install', '--queue', '700;x'], 'valor inválido: 700;x'],
    [['install', '--server1', 'a b'], 'valor inválido'],
    [['install', '--hours', '*\n#include x'], 'valor inválido'],
    [['install', '--sounds', '/nowhere/at/all'], 'não existe'],
    [['install', '--recording', 'talvez'], 'sim ou nao'],
    [['install', '--bogus', 'x'], '--bogus não existe'],
  ])('refuses %j and changes nothing', async (args, why) => {
    const { package: folder, snapshot } = await begin(freepbxShaped)
    const before = await snapshot()
    const run = await runCommand(['dash', join(folder, 'install'), ...args])
    expect(run).toMatchObject({ code: 2, output: expect.stringContaining(why) })
    expect(await snapshot()).toEqual(before)
  })

  it('explains itself', async () => {
    const { run } = await begin({})
    const { code, output } = await run('--help')
    expect(code).toBe(0)
    for (const option of ['verify', 'uninstall', '--dry-run', '--asterisk-etc', '--sounds', '--no-reload']) {
      expect(output).toContain(option)
    }
  })

  it('says what is missing when nothing is installed', async () => {
    const { run } = await begin(freepbxShaped)
    const { code, output } = await run('verify')
    expect(code).toBe(1)
    expect(output).toContain('FALHA  extensions_custom.conf inclui ura-helpdesk.conf\n       → ')
    expect(output).toMatch(/Falhas: \d+\.\n$/)
  })

  it('finds a damaged prompt', async () => {
    const { run, write } = await begin(freepbxShaped)
    await run('install')
    await write('sounds/pt_BR/ura/goodbye.wav', 'RIFF, but no sound')
    expect((await run('verify')).output).toMatch(/FALHA  os \d+ áudios .*com defeito: goodbye\.wav/)
  })
})
