import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'

/** What a run of `npm run dialplan:package` has from outside. */
export interface DialplanPackageCommand {
  arguments: readonly string[]
  /** Brings a sounds folder up to date (`npm run prompts`) and gives its exit code. */
  makePrompts: (soundsFolder: string) => Promise<number>
  print: (text: string) => void
  printError: (text: string) => void
}

const usage = `npm run dialplan:package -- [--out ARQUIVO] [--sounds PASTA]

Grava os avisos na voz configurada (npm run prompts) e junta plano de discagem, áudios e instalador num arquivo só, para
copiar ao FreePBX ou Asterisk, que não precisa de Node.

  --out ARQUIVO     padrão: freepbx-dialplan/dist/ura-asterisk-VERSAO.tar.gz
  --sounds PASTA    pasta de sons (padrão: freepbx-dialplan/sounds)
  --help            esta ajuda`

const rootFolder = fileURLToPath(new URL('../../', import.meta.url))
const dialplanFolder = join(rootFolder, 'freepbx-dialplan')
const run = promisify(execFile)

/** What goes into the package of all that lies in `freepbx-dialplan`. */
const packed = /^(install|installer|ura-.*|res_.*\.conf|README\.md)$/

/** Gives the exit code: 0 done, 1 not done, 2 wrong arguments. */
export async function runDialplanPackage(command: DialplanPackageCommand): Promise<number> {
  const { print, printError } = command
  const options = parseOptions(command.arguments)
  if (options === null) {
    printError('Não entendi as opções. Veja --help.')
    return 2
  }
  if (options.help) {
    print(usage)
    return 0
  }
  const version = await readVersion()
  const out = resolve(options.out ?? join(dialplanFolder, 'dist', `ura-asterisk-${version}.tar.gz`))
  const sounds = resolve(options.sounds ?? join(dialplanFolder, 'sounds'))
  const code = await command.makePrompts(sounds)
  if (code !== 0) return code
  try {
    await writePackage({ out, sounds, name: `ura-asterisk-${version}` })
  } catch (error) {
    printError(
      `Não foi possível gravar ${out}: ${error instanceof Error ? error.message.trim() : String(error)}`,
    )
    return 1
  }
  print(`${out}
No Asterisk, como root:
  tar xzf ura-asterisk-${version}.tar.gz
  cd ura-asterisk-${version}
  ./install install --server1 ENDEREÇO:4573 --queue FILA
  ./install verify`)
  return 0
}

function parseOptions(
  args: readonly string[],
): { help: boolean; out: string | undefined; sounds: string | undefined } | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        out: { type: 'string' },
        sounds: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
    return { help: values.help, out: values.out, sounds: values.sounds }
  } catch {
    return null
  }
}

async function readVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(rootFolder, 'package.json'), 'utf8')) as {
    version: string
  }
  return version
}

/** The same bytes for the same files, whoever makes it. Needs GNU tar, as Debian has it. */
async function writePackage({ out, sounds, name }: { out: string; sounds: string; name: string }) {
  const stage = await mkdtemp(join(tmpdir(), 'ura-package-'))
  try {
    const folder = join(stage, name)
    const names = (await readdir(dialplanFolder)).filter((each) => packed.test(each))
    for (const each of names) await cp(join(dialplanFolder, each), join(folder, each), { recursive: true })
    await cp(join(rootFolder, 'LICENSE'), join(folder, 'LICENSE'))
    await cp(join(sounds, 'pt_BR/ura'), join(folder, 'sounds/pt_BR/ura'), { recursive: true })
    await mkdir(dirname(out), { recursive: true })
    const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=go-w']
    await run('tar', [...same, '-I', 'gzip -n', '-cf', out, '-C', stage, name])
  } finally {
    await rm(stage, { recursive: true })
  }
}
