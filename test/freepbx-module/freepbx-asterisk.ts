import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promptIds } from '../../agi/src/prompts/ids.ts'
import { freeTcpPorts } from '../../scripts/real-parts/free-port.ts'
import { type RunningAsterisk, startAsterisk } from '../asterisk/asterisk-process.ts'
import { writeNoisePrompts } from '../listening/noise-prompts.ts'

/** A real Asterisk whose configuration lies in a FreePBX's shape, and how to reach it. */
export type FreePbxAsterisk = RunningAsterisk & { amiAccess: { port: number; secret: string } }

const dialplanFolder = new URL('../../freepbx-dialplan/', import.meta.url)

/**
 * Starts an Asterisk in `folder` (its `etc` and `varlib`), recordings included, with our dialplan as installed on FreePBX 17: extensions.conf
 * as FreePBX ships it, and extensions_additional.conf beginning as `generateConf()` writes it, the globals of modules
 * before those of globals_custom.conf.
 *
 * @param options.dialplan What follows in extensions_additional.conf: what FreePBX and its modules generate.
 */
export async function startFreePbxAsterisk(options: {
  root: string
  folder: string
  dialplan: string
}): Promise<FreePbxAsterisk> {
  const [port = 0] = await freeTcpPorts(1)
  const secret = randomBytes(12).toString('hex')
  const ours = await readOurFiles()
  const sounds = await writeRecordings(options.folder)
  const asterisk = await startAsterisk({
    root: options.root,
    folder: options.folder,
    amiPort: port,
    amiSecret: secret,
    binds: [{ hostFolder: sounds, insidePath: '/usr/share/asterisk/sounds/pt_BR/ura' }],
    configuration: {
      ...ours,
      'extensions.conf': '#include extensions_additional.conf\n#include extensions_custom.conf\n',
      'extensions_additional.conf': additional(options.dialplan),
      'extensions_custom.conf': '#include ura-helpdesk.conf\n',
      'globals_custom.conf': '#include ura-globals.conf\n',
    },
  })
  return { ...asterisk, amiAccess: { port, secret } }
}

/** Generates extensions_additional.conf anew, as Apply Config does. */
export function writeGeneratedDialplan(folder: string, dialplan: string): Promise<void> {
  return writeFile(join(folder, 'etc', 'extensions_additional.conf'), additional(dialplan))
}

/** Lays a recording of one second for each prompt of the pack where FreePBX has sounds; gives that folder. */
export async function writeRecordings(folder: string): Promise<string> {
  const sounds = soundsFolder(folder)
  await mkdir(sounds, { recursive: true })
  await writeNoisePrompts(sounds, promptIds)
  return sounds
}

function soundsFolder(folder: string): string {
  return join(folder, 'varlib', 'sounds', 'pt_BR', 'ura')
}

function additional(dialplan: string): string {
  return `[globals]\nURA_SERVER1 = of.another.module:1\n#include globals_custom.conf\n\n;end of [globals]\n\n${dialplan}`
}

async function readOurFiles(): Promise<Record<string, string>> {
  const names = ['ura-helpdesk.conf', 'ura-globals.conf', 'res_http_media_cache.conf']
  const files = names.map(async (name) => [name, await readFile(new URL(name, dialplanFolder), 'utf8')])
  return Object.fromEntries(await Promise.all(files)) as Record<string, string>
}
