import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import { encodeWav } from '@ura/api/speech/wav'
import type { AmiMessage } from './ami.ts'
import { type Ari, connectAri } from './ari.ts'
import { insideFolder, type RunningAsterisk, startAsterisk } from './asterisk-process.ts'
import { type Call, createDialer, type DialOptions } from './call.ts'
import { noisePrompt } from '../listening/noise-prompts.ts'
import { type Bind, commandInRoot } from '../../scripts/real-parts/chroot.ts'
import { freeTcpPorts } from '../../scripts/real-parts/free-port.ts'
import { freeUdpPorts, twoRtpRanges } from './ports.ts'
import { createTechnician, type Technician } from './technician.ts'
import {
  officeConfiguration,
  phoneApplication,
  type Trunk,
  type TrunkCodec,
  uraConfiguration,
} from './telephony-configuration.ts'

/** What a test may choose about its exchanges. */
export type TelephonyOptions = {
  /** The Debian root that holds Asterisk (`ensureAsterisk`). */
  root: string
  /** FastAGI servers as the dialplan's URA_SERVER1 and URA_SERVER2, `host:port`; one or two. */
  agiServers: readonly [string, string?]
  /** A folder of `<prompt>.wav` files, seen by Asterisk as sounds/pt_BR/ura; changes show at once. */
  soundsFolder: string
  /** How long a caller waits in the queue; default 20 s. */
  queueSeconds?: number
  /** Office hours for the time when no server is there, as GotoIfTime has them; default always. */
  openTimes?: string
  /** The longest conversation with a server; default 300 s. */
  agiSecondsMax?: number
  /** What the trunk carries, default `alaw`. */
  codec?: TrunkCodec
  /** Where Asterisk sees `soundsFolder`, default `/usr/share/asterisk/sounds/pt_BR/ura`. */
  soundsInside?: string
  /** Other configuration files for the exchange under test than its usual ones, made of those. */
  uraFiles?: (usual: Record<string, string>) => Record<string, string>
  /** Dialplan lines for other numbers that the office can call, in a context of their own. */
  extraExtensions?: string
  /** Further files of freepbx-dialplan/ to load, by name. */
  dialplanFiles?: readonly string[]
}

/** Two real Asterisks: the one under test, with our dialplan, and the office in front of it. */
export type Telephony = {
  /** Calls through the trunk; resolves when the exchange under test has answered. */
  dial: (options: DialOptions) => Promise<Call>
  /** The technician behind the queue. */
  technician: Technician
  /** Every AMI event of the exchange under test from now on; gives the function that ends it. */
  onUraEvent: (listener: (event: AmiMessage) => void) => () => void
  /** Ends every call at the office's side, as after a test that failed in mid-call. */
  hangUpAll: () => Promise<void>
  /** Changes one of the dialplan's globals for the calls to come. */
  setGlobal: (name: string, value: string) => Promise<void>
  /** Runs a command of the console of the exchange under test. */
  uraCommand: (text: string) => Promise<string>
  /** Loads or unloads a module of the exchange under test, as `app_queue.so`. */
  changeModule: (name: string, how: 'load' | 'unload') => Promise<void>
  /** The log of the exchange under test, with each step of the dialplan. */
  readUraLog: () => Promise<string>
  /** Runs a command in the root of the exchange under test, with its folders and the given ones. */
  runAtUra: (command: string[], binds?: Bind[]) => Promise<{ code: number | null; output: string }>
  /** The folder that the exchange under test sees as `insideFolder`. */
  uraFolder: string
  /** Kills both and removes their folders. Can be called twice. */
  stop: () => Promise<void>
}

/** Closed all day: a date that never comes. */
export const neverOpen = '*,*,31,feb'

const dialplanFolder = new URL('../../freepbx-dialplan/', import.meta.url)

/** The music that callers hear while they wait, and the technician's voice: noise, as the prompts of these tests. */
export const music = noisePrompt('music-on-hold', 5_000)
export const technicianVoice = noisePrompt('technician')

/**
 * Starts both exchanges on free ports of 127.0.0.1, joined by a SIP trunk with a password (about 3 s).
 *
 * @throws Error with what Asterisk said, when one doesn't come up; nothing is left running or on disk then.
 */
export async function startTelephony(options: TelephonyOptions): Promise<Telephony> {
  const folder = await mkdtemp(join(tmpdir(), 'ura-telephony-'))
  const undo: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })]
  const stop = async () => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step()
  }
  try {
    const { ura, office, ari } = await startBoth({ ...options, folder, undo })
    const technician = createTechnician(ari)
    return {
      dial: createDialer({
        ari,
        office: office.ami,
        ura: ura.ami,
        recordings: join(folder, 'office', 'spool', 'recording'),
      }),
      technician,
      onUraEvent: ura.ami.onEvent,
      hangUpAll: () => hangUpAll(ari),
      setGlobal: async (name, value) => {
        await ura.ami.command(`dialplan set global ${name} "${value}"`)
      },
      uraCommand: ura.ami.command,
      changeModule: async (name, how) => {
        await ura.ami.send({ Action: 'ModuleLoad', Module: name, LoadType: how })
      },
      readUraLog: ura.readLog,
      runAtUra: (command, binds = []) =>
        runAt({ root: options.root, binds: [...uraBinds(options, folder), ...binds], command }),
      uraFolder: join(folder, 'ura'),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function uraBinds(options: TelephonyOptions, folder: string): Bind[] {
  const insidePath = options.soundsInside ?? '/usr/share/asterisk/sounds/pt_BR/ura'
  return [
    { hostFolder: join(folder, 'ura'), insidePath: insideFolder },
    { hostFolder: options.soundsFolder, insidePath },
  ]
}

async function runAt(place: {
  root: string
  binds: Bind[]
  command: string[]
}): Promise<{ code: number | null; output: string }> {
  const { file, args } = commandInRoot(place)
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = once(child, 'close')
  const [output, errors] = await Promise.all([readAll(child.stdout), readAll(child.stderr)])
  await closed
  return { code: child.exitCode, output: output + errors }
}

async function hangUpAll(ari: Ari): Promise<void> {
  const channels = (await ari.request('GET', 'channels')) as { id: string }[]
  // One that goes at the same moment by itself is 404.
  await Promise.all(channels.map(({ id }) => ari.request('DELETE', `channels/${id}`).catch(() => {})))
}

async function startBoth(
  options: TelephonyOptions & { folder: string; undo: (() => Promise<void>)[] },
): Promise<{ ura: RunningAsterisk; office: RunningAsterisk; ari: Ari }> {
  const { root, folder, undo } = options
  const [uraAmiPort = 0, officeAmiPort = 0, ariPort = 0] = await freeTcpPorts(3)
  const trunk = await pickTrunk(options.codec ?? 'alaw')
  const ariPassword = randomSecret()
  await writeMusic(join(folder, 'ura', 'moh'), 'music', encodeWav(music))
  await writeMusic(join(folder, 'office', 'moh'), 'technician', encodeWav(technicianVoice))

  const starting = [
    startAsterisk({
      root,
      folder: join(folder, 'ura'),
      configuration: (options.uraFiles ?? ((usual) => usual))(
        uraConfiguration({
          trunk,
          dialplan: await readFile(new URL('ura-helpdesk.conf', dialplanFolder), 'utf8'),
          globals: await generateGlobals(options),
          mediaCache: await readFile(new URL('res_http_media_cache.conf', dialplanFolder), 'utf8'),
          extraExtensions: options.extraExtensions ?? '',
          moreDialplan: Object.fromEntries(
            await Promise.all(
              (options.dialplanFiles ?? []).map(async (name) => {
                return [name, await readFile(new URL(name, dialplanFolder), 'utf8')] as const
              }),
            ),
          ),
        }),
      ),
      amiPort: uraAmiPort,
      amiSecret: randomSecret(),
      binds: uraBinds(options, folder).slice(1), // the first it has by itself
    }),
    startAsterisk({
      root,
      folder: join(folder, 'office'),
      configuration: officeConfiguration({ trunk, ariPort, ariPassword }),
      amiPort: officeAmiPort,
      amiSecret: randomSecret(),
      transmitSilence: true, // its phones record what they hear, and sound as any phone meanwhile
    }),
  ] as const
  for (const outcome of await Promise.allSettled(starting)) {
    if (outcome.status === 'fulfilled') undo.push(outcome.value.stop)
  }
  const [ura, office] = await Promise.all(starting)
  const ari = await connectAri({ port: ariPort, password: ariPassword, application: phoneApplication })
  undo.push(async () => ari.close())
  return { ura, office, ari }
}

/** The globals file as it ships, with this test's values in it: so that the shipped one is what Asterisk reads. */
async function generateGlobals(options: TelephonyOptions): Promise<string> {
  const values: Record<string, string> = {
    URA_SERVER1: options.agiServers[0],
    URA_SERVER2: options.agiServers[1] ?? '',
    URA_QUEUE_SECONDS: String(options.queueSeconds ?? 20),
    URA_HOURS: options.openTimes ?? '*,*,*,*',
    URA_AGI_SECONDS_MAX: String(options.agiSecondsMax ?? 300),
  }
  const shipped = await readFile(new URL('ura-globals.conf', dialplanFolder), 'utf8')
  return Object.entries(values).reduce((text, [name, value]) => {
    const line = new RegExp(`^${name}=.*$`, 'm')
    if (!line.test(text)) throw new Error(`ura-globals.conf doesn't set ${name}`)
    return text.replace(line, `${name}=${value}`)
  }, shipped)
}

async function pickTrunk(codec: TrunkCodec): Promise<Trunk> {
  const [uraSipPort = 0, officeSipPort = 0] = await freeUdpPorts(2)
  const [uraRtp, officeRtp] = twoRtpRanges()
  return { user: 'office', secret: randomSecret(), codec, uraSipPort, officeSipPort, uraRtp, officeRtp }
}

async function writeMusic(folder: string, name: string, wav: Buffer): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${name}.wav`), wav)
}

function randomSecret(): string {
  return randomBytes(18).toString('base64url')
}
