import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runDialplanPackage } from './command.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'package-command-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Stands for `npm run prompts`: one prompt and the manifest. */
async function onePrompt(soundsFolder: string): Promise<number> {
  const pack = join(soundsFolder, 'pt_BR/ura')
  await mkdir(pack, { recursive: true })
  await writeFile(join(pack, 'goodbye.wav'), 'a sound')
  await writeFile(join(pack, 'manifest.json'), '[]\n')
  return 0
}

async function run(args: readonly string[], makePrompts = onePrompt) {
  const printed: string[] = []
  const print = (text: string) => void printed.push(text)
  const code = await runDialplanPackage({ arguments: args, makePrompts, print, printError: print })
  return { code, printed: printed.join('\n') }
}

describe('npm run dialplan:package', () => {
  it('packs installer, dialplan and prompts into one file, in a folder of its own', async () => {
    const out = join(folder, 'new/ura.tar.gz')
    const { code, printed } = await run(['--out', out, '--sounds', join(folder, 'sounds')])
    expect(code).toBe(0)
    expect(printed).toContain('./install install --server1')
    const names = execFileSync('tar', ['-tzvf', out], { encoding: 'utf8' })
    for (const name of [
      'ura-helpdesk.conf',
      'ura-globals.conf',
      'res_http_media_cache.conf',
      'installer/verify.sh',
      'sounds/pt_BR/ura/goodbye.wav',
      'sounds/pt_BR/ura/manifest.json',
      'LICENSE',
    ]) {
      expect(names).toMatch(new RegExp(`ura-asterisk-[\\d.]+/${name}\\n`))
    }
    expect(names).toMatch(/-rwxr-xr-x 0\/0 .*\/install\n/)
    expect(names).toMatch(/-rwxr-xr-x 0\/0 .*\/ura-media-cache-clean\n/)
    expect(names).not.toMatch(/\.ts\n/)
  })

  it('makes the same bytes of the same files', async () => {
    const [first, second] = [join(folder, 'first.tar.gz'), join(folder, 'second.tar.gz')]
    for (const out of [first, second]) await run(['--out', out, '--sounds', join(folder, 'sounds')])
    expect(await readFile(first)).toEqual(await readFile(second))
  })

  it('packs nothing when the prompts could not be made', async () => {
    const { code, printed } = await run(['--out', join(folder, 'ura.tar.gz')], async () => 1)
    expect([code, printed]).toEqual([1, ''])
  })

  it('says that the file can not be written', async () => {
    const args = ['--out', '/dev/null/ura.tar.gz', '--sounds', join(folder, 'sounds')]
    expect(await run(args)).toMatchObject({ code: 1, printed: expect.stringContaining('Não foi possível') })
  })

  it('refuses what it does not understand, and explains itself', async () => {
    expect(await run(['--bogus'])).toMatchObject({ code: 2 })
    expect((await run(['--help'])).printed).toContain('--sounds PASTA')
  })
})
