import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { compileMo, parsePo } from './catalogue.ts'

const rawName = 'urahelpdesk'
const moduleFolder = new URL(`../../freepbx-dialplan/module/${rawName}/`, import.meta.url).pathname
const licence = new URL('../../LICENSE', import.meta.url).pathname
const tarBytesMax = 10_000_000

/**
 * The module as FreePBX runs it, in a folder of the caller's: its sources, the licence and the compiled translations.
 *
 * @throws Error when a translation can't be read.
 */
export async function layOutModule(folder: string): Promise<string> {
  const target = join(folder, rawName)
  await cp(moduleFolder, target, { recursive: true })
  await cp(licence, join(target, 'LICENSE'))
  const translations = (await readdir(target, { recursive: true })).filter((name) => name.endsWith('.po'))
  for (const name of translations) {
    const mo = compileMo(parsePo(await readFile(join(target, name), 'utf8')))
    await writeFile(join(target, name.replace(/\.po$/, '.mo')), mo)
  }
  return target
}

/**
 * Writes `urahelpdesk-<version>.tgz` into a folder and gives its path. The same sources give the same bytes, whoever
 * packs them and when. Needs GNU tar.
 *
 * @throws Error when module.xml names no version, a translation can't be read, or the folder can't be written.
 */
export async function packageModule(folder: string): Promise<string> {
  const [, version] =
    /<version>([\w.]+)<\/version>/.exec(await readFile(`${moduleFolder}module.xml`, 'utf8')) ?? []
  if (version === undefined) throw new Error('module.xml names no version')
  const stage = await mkdtemp(join(tmpdir(), 'ura-module-'))
  try {
    await layOutModule(stage)
    const alike =
      '--format=ustar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX'
    const { stdout } = await promisify(execFile)(
      'tar',
      ['--create', ...alike.split(' '), '-C', stage, rawName],
      {
        encoding: 'buffer',
        maxBuffer: tarBytesMax,
      },
    )
    const path = join(folder, `${rawName}-${version}.tgz`)
    await writeFile(path, gzipSync(stdout, { level: 9 }))
    return path
  } finally {
    await rm(stage, { recursive: true, force: true })
  }
}
