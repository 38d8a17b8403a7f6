import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Bind, commandInRoot } from '../../scripts/real-parts/chroot.ts'
import { connectAmi, type Ami } from './ami.ts'

/** Where an Asterisk sees its own folder: each has a mount namespace of its own, so all may use the same path. */
export const insideFolder = '/srv/asterisk'

/** One running Asterisk of a test. */
export type RunningAsterisk = {
  ami: Ami
  /** Of the process that was started; Asterisk is below it. */
  pid: number
  /** What it has logged so far: notices, warnings, errors and the dialplan's steps. */
  readLog: () => Promise<string>
  /** Kills it and waits until it is gone. Can be called twice. */
  stop: () => Promise<void>
}

const ownFolders = ['etc', 'varlib', 'db', 'spool/recording', 'run', 'log', 'cache', 'moh']
const unwantedModules = [
  // Nothing may open a port of its own accord, or speak to hardware.
  'chan_iax2',
  'chan_unistim',
  'chan_console',
  'chan_motif',
  'pbx_dundi',
  'app_jack',
  // It hands packets on as they are; the office's Asterisk then records nothing of most joined calls, though it was
  // sent them all (22.10.1: 9 of 12 tries; none without this module).
  'bridge_native_rtp',
]
const bootTimeoutMs = 30_000

/**
 * Starts an Asterisk of the real parts with a configuration, database, spool and log of its own under `folder`,
 * and waits until it has fully booted.
 *
 * @param options.configuration File name → text, for its `etc` folder; manager.conf and the plain files that
 * every Asterisk needs are added.
 * @param options.amiPort A free TCP port.
 * @throws Error with the end of its log when it isn't up within 30 s.
 */
export async function startAsterisk(options: {
  root: string
  folder: string
  configuration: Record<string, string>
  amiPort: number
  amiSecret: string
  binds?: Bind[]
  /**
   * As its unit of systemd has one: its hundreds of threads then share one part of the processor's time, as much as any
   * other session's (sched(7), autogroup). Default false: one of many in a test run.
   */
  hasOwnSession?: boolean
  /** Sends silence on a channel that is being recorded, instead of nothing; default false, as Asterisk's. */
  transmitSilence?: boolean
}): Promise<RunningAsterisk> {
  const { folder, amiPort, amiSecret, hasOwnSession = false, transmitSilence = false } = options
  for (const name of ownFolders) await mkdir(join(folder, name), { recursive: true })
  const files = { ...commonConfiguration({ amiPort, amiSecret, transmitSilence }), ...options.configuration }
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'etc', name), text)

  const command = commandInRoot({
    root: options.root,
    binds: [{ hostFolder: folder, insidePath: insideFolder }, ...(options.binds ?? [])],
    command: ['asterisk', '-C', `${insideFolder}/etc/asterisk.conf`, '-f'],
  })
  const child = spawn(command.file, command.args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: hasOwnSession,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-4_000)
    })
  }
  const gone = once(child, 'close')
  const readLog = () => readFile(join(folder, 'log', 'messages'), 'utf8').catch(() => output)
  const stop = async () => {
    child.kill('SIGKILL')
    await gone
  }
  try {
    const ami = await connectAmi({ port: amiPort, secret: amiSecret, timeoutMs: bootTimeoutMs })
    await ami.waitForEvent({ matches: (event) => event['Event'] === 'FullyBooted', timeoutMs: bootTimeoutMs })
    return {
      ami,
      pid: child.pid ?? 0,
      readLog,
      stop: async () => {
        ami.close()
        await stop()
      },
    }
  } catch (error) {
    await stop()
    throw new Error(`Asterisk did not start:\n${output}\n${(await readLog()).slice(-4_000)}`, {
      cause: error,
    })
  }
}

function commonConfiguration(options: {
  amiPort: number
  amiSecret: string
  transmitSilence: boolean
}): Record<string, string> {
  const directories = {
    astetcdir: 'etc',
    astvarlibdir: 'varlib',
    astdbdir: 'db',
    astspooldir: 'spool',
    astrundir: 'run',
    astlogdir: 'log',
    astcachedir: 'cache',
  }
  const lines = Object.entries(directories).map(([name, path]) => `${name} => ${insideFolder}/${path}`)
  return {
    'asterisk.conf': [
      '[directories]',
      ...lines,
      'astdatadir => /usr/share/asterisk',
      '[options]',
      `transmit_silence=${options.transmitSilence ? 'yes' : 'no'}`,
      '',
    ].join('\n'),
    'modules.conf': [
      '[modules]',
      'autoload=yes',
      ...unwantedModules.map((name) => `noload=${name}.so`),
      '',
    ].join('\n'),
    'logger.conf':
      '[general]\ndateformat=%F %T.%3q\n[logfiles]\nmessages => notice,warning,error,verbose(3)\n',
    'manager.conf': [
      '[general]',
      'enabled=yes',
      'bindaddr=127.0.0.1',
      `port=${options.amiPort}`,
      'timestampevents=yes', // seconds with microseconds, for the measurements
      '[test]',
      `secret=${options.amiSecret}`,
      'read=agi,call,dialplan,dtmf,system,user',
      'write=call,command,system',
      '',
    ].join('\n'),
    'musiconhold.conf': `[default]\nmode=files\ndirectory=${insideFolder}/moh\n`,
    'res_curl.conf': '[general]\n',
    'queues.conf': '[general]\n',
    'features.conf': '[general]\n',
    'indications.conf':
      '[general]\ncountry=br\n[br]\ndescription=Brazil\nringcadence=1000,4000\ndial=425\nbusy=425/250,0/250\nring=425/1000,0/4000\n',
  }
}
