import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileMo, parsePo } from '../../scripts/module-package/catalogue.ts'
import { packageModule } from '../../scripts/module-package/package.ts'
import { createModuleWorld, type ModuleWorld } from './module-world.ts'
import { findPhpRoot } from './real-php.ts'

const root = await findPhpRoot()
const moduleFolder = new URL('../../freepbx-dialplan/module/urahelpdesk/', import.meta.url).pathname
const sources = (await readdir(moduleFolder, { recursive: true })).filter((name) => name.endsWith('.php'))
const po = await readFile(join(moduleFolder, 'i18n/pt_BR/LC_MESSAGES/urahelpdesk.po'), 'utf8')

describe('the package', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ura-package-'))
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('is the same, byte for byte, each time, and named after the version', async () => {
    const path = await packageModule(folder)
    const first = await readFile(path)
    await packageModule(folder)
    expect(path).toBe(join(folder, 'urahelpdesk-17.0.1.tgz'))
    expect((await readFile(path)).equals(first)).toBe(true)
  })

  it('holds the module in one folder, with licence and compiled translation, and nothing of its tests', async () => {
    const { stdout } = await promisify(execFile)('tar', ['-tzf', await packageModule(folder)])
    const files = stdout.split('\n').filter((name) => name !== '' && !name.endsWith('/'))
    expect(files.toSorted()).toEqual(
      [
        ...sources,
        'LICENSE',
        'module.xml',
        'i18n/pt_BR/LC_MESSAGES/urahelpdesk.mo',
        'i18n/pt_BR/LC_MESSAGES/urahelpdesk.po',
      ]
        .map((name) => `urahelpdesk/${name}`)
        .toSorted(),
    )
  })
})

describe('ura-globals.conf', () => {
  it("takes in the module's file by its last line, so that the settings of the interface win", async () => {
    const globals = await readFile(join(moduleFolder, '../../ura-globals.conf'), 'utf8')
    expect(globals).toMatch(/\n#tryinclude ura-globals-gui\.conf\n$/)
  })

  it('has each global that the module sets', async () => {
    const globals = await readFile(join(moduleFolder, '../../ura-globals.conf'), 'utf8')
    const source = await readFile(join(moduleFolder, 'Settings.php'), 'utf8')
    const names = [...source.matchAll(/=> '(URA_\w+)'/g)].map(([, name]) => name ?? '')
    expect(names).toHaveLength(7)
    for (const name of names) expect(globals).toMatch(new RegExp(`^${name}=`, 'm'))
  })
})

describe('the translation', () => {
  it('has each text of the interface, and no other', async () => {
    const texts = await Promise.all(sources.map((name) => readFile(join(moduleFolder, name), 'utf8')))
    const used = texts.flatMap((text) =>
      [...text.matchAll(/\b_\('((?:[^'\\]|\\.)*)'\)/g)].map(([, message]) => message),
    )
    const calls = texts.flatMap((text) => [...text.matchAll(/\b_\(/g)])
    expect(used).toHaveLength(calls.length) // each is a plain literal, or it would have been missed here
    expect([...parsePo(po).keys()].filter((message) => message !== '').toSorted()).toEqual(
      [...new Set(used.map(String))].toSorted(),
    )
  })

  it('keeps the places for values of each text, in their order', () => {
    const places = (text: string) => text.match(/%[sd]/g) ?? []
    for (const [message, translation] of parsePo(po)) expect(places(translation)).toEqual(places(message))
  })
})

describe.runIf(root !== '')('under PHP 8.2', () => {
  let world: ModuleWorld

  beforeAll(async () => {
    world = await createModuleWorld({ root })
  })

  afterAll(() => world.remove())

  it('runs on the version that FreePBX 17 has', async () => {
    expect(await world.command('php', '-r', 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;')).toBe('8.2')
  })

  it.each(sources)('%s is lint-free', async (name) => {
    const strict = ['-d', 'error_reporting=-1', '-d', 'display_errors=1']
    const said = await world.command('php', ...strict, '-l', `/srv/module/urahelpdesk/${name}`)
    expect(said.trim()).toBe(`No syntax errors detected in /srv/module/urahelpdesk/${name}`)
  })

  it('has no shell, no eval and no SQL of its own', async () => {
    const texts = await Promise.all(sources.map((name) => readFile(join(moduleFolder, name), 'utf8')))
    for (const text of texts.map((source) => source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''))) {
      expect(text).not.toMatch(/\b(exec|shell_exec|system|passthru|proc_open|popen|eval|unserialize)\s*\(|`/)
      expect(text).not.toMatch(/\b(SELECT|INSERT|UPDATE|DROP) /)
    }
  })

  it('has a module.xml with all that FreePBX asks for', async () => {
    const read = `
      $xml = simplexml_load_file('/srv/module/urahelpdesk/module.xml');
      $text = fn ($name) => trim((string) $xml->$name);
      $texts = array_map($text, ['rawname', 'name', 'version', 'publisher', 'license', 'category', 'description']);
      $versions = [(string) $xml->supported->version, (string) $xml->depends->version];
      echo json_encode([$texts, $versions, array_keys((array) $xml->menuitems)]);`
    const [texts, versions, items] = JSON.parse(await world.command('php', '-r', read)) as string[][]
    expect(texts?.slice(0, 6)).toEqual([
      'urahelpdesk',
      'URA Chamados',
      '17.0.1',
      'URA Chamados',
      'GPLv3+',
      'Applications',
    ])
    expect(texts?.[6]).not.toBe('')
    expect(versions).toEqual(['17.0', '17.0.1'])
    // Each item is a page: page.<item>.php.
    for (const item of items ?? []) expect(sources).toContain(`page.${item}.php`)
  })

  it('compiles the translation into what msgfmt makes of it', async () => {
    const source = '/srv/module/urahelpdesk/i18n/pt_BR/LC_MESSAGES/urahelpdesk.po'
    const compiled = await world.command(
      'sh',
      '-c',
      `msgfmt --check-format --no-hash -o - ${source} | base64 -w0`,
    )
    expect(readMo(Buffer.from(compiled, 'base64'))).toEqual(readMo(compileMo(parsePo(po))))
  })
})

/** What a .mo file says: its messages and translations, read by the offsets in its header. */
function readMo(file: Buffer): [string, string][] {
  const [count = 0, originals = 0, translations = 0] = [8, 12, 16].map((at) => file.readUInt32LE(at))
  const text = (table: number, index: number): string => {
    const [length, offset] = [0, 4].map((at) => file.readUInt32LE(table + 8 * index + at)) as [number, number]
    expect(file[offset + length]).toBe(0)
    return file.toString('utf8', offset, offset + length)
  }
  return Array.from({ length: count }, (_, index) => [text(originals, index), text(translations, index)])
}
