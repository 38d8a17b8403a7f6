import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { layOutModule } from '../../scripts/module-package/package.ts'
import { runInRoot } from './real-php.ts'

/** One thing that FreePBX does with the module; `php/drive.php` has them all. */
export type ModuleCall = { do: string } & Record<string, unknown>

/** A PBX of a test: what the module sees of FreePBX, and the folders that it writes to. */
export type ModuleWorld = {
  /** The PBX's own folder: `etc`, `varlib`, `kvstore.json`. */
  folder: string
  /** Does these one after another in one PHP process and gives their results. What is kept stays for the next. */
  run: (...calls: ModuleCall[]) => Promise<unknown[]>
  /** Runs a command where PHP is, with the module, as installed, in /srv/module/urahelpdesk. */
  command: (...command: string[]) => Promise<string>
  /** The same PBX with a real Asterisk's manager interface. */
  withAmi: (ami: AmiAccess) => ModuleWorld
  /** The same PBX with an Asterisk that answers a console command with the text given for it. */
  withReplies: (replies: Record<string, string>) => ModuleWorld
  /** The same PBX with an Asterisk that doesn't answer: how every world begins. */
  withoutAmi: () => ModuleWorld
  remove: () => Promise<void>
}

/** How a manager interface is reached on loopback, as user `test`. */
export type AmiAccess = { port: number; secret: string }

const driverFolder = new URL('./php/', import.meta.url).pathname

/** A PBX with the module's files laid out as the package has them, two queues and one Time Condition. */
export async function createModuleWorld({ root }: { root: string }): Promise<ModuleWorld> {
  const base = await mkdtemp(join(tmpdir(), 'ura-freepbx-module-'))
  const folder = join(base, 'pbx')
  await mkdir(join(folder, 'etc'), { recursive: true })
  await mkdir(join(folder, 'varlib'))
  await mkdir(join(base, 'module'))
  await layOutModule(join(base, 'module'))
  const binds = [
    { hostFolder: join(base, 'module'), insidePath: '/srv/module' },
    { hostFolder: folder, insidePath: '/srv/pbx' },
    { hostFolder: driverFolder, insidePath: '/srv/driver' },
  ]
  const command = (input: string, ...words: string[]) => runInRoot({ root, binds, command: words, input })
  const worldWith = (asterisk: { ami?: AmiAccess; replies?: Record<string, string> }): ModuleWorld => ({
    folder,
    run: async (...calls) => {
      const input = JSON.stringify({ world: { ...pbx, ...asterisk }, calls })
      return JSON.parse(await command(input, 'php', '/srv/driver/drive.php')) as unknown[]
    },
    command: (...words) => command('', ...words),
    withAmi: (ami) => worldWith({ ami }),
    withReplies: (replies) => worldWith({ replies }),
    withoutAmi: () => worldWith({}),
    remove: () => rm(base, { recursive: true, force: true }),
  })
  return worldWith({})
}

const pbx = {
  folder: '/srv/pbx',
  module: '/srv/module/urahelpdesk',
  queues: { 600: 'Suporte', 700: 'Redes' },
  timeConditions: { 1: 'Expediente' },
}
