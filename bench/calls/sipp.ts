import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { commandInRoot } from '../../scripts/real-parts/chroot.ts'
import { freeUdpPorts } from '../../test/asterisk/ports.ts'
import { type CallerBehaviour, callerScenario, callMs } from './caller-scenario.ts'
import type { DeskPhone } from './exchange-configuration.ts'

/** A load of calls. */
export interface CallLoad {
  root: string
  /** A folder for its files. */
  folder: string
  sipPort: number
  phones: readonly DeskPhone[]
  behaviour: CallerBehaviour
  /** New calls a second. */
  callsPerS: number
  /** Calls in all. */
  calls: number
  /** The cores that SIPp may use, as taskset(1) takes them. */
  cores: string
}

/** What SIPp counted at the end. */
export interface CallCounts {
  created: number
  /** Calls whose every message was answered as it should be. */
  successful: number
  failed: number
  /** The most at once. */
  concurrentMax: number
}

const insideFolder = '/srv/sipp'
/** Callers have an address of their own, so that sound sent to them reaches nobody else's ports. */
const callersAddress = '127.0.0.5'
const firstMediaPort = 31_000
/** Callers wait for their turn past this: no exchange of this size has more lines. */
const concurrentMax = 1_000
/** Beyond the calls themselves, for the last of them to end. */
const endMs = 30_000

/** Makes calls and waits for the end of the last one. @throws Error with SIPp's last words when it doesn't do its work. */
export async function makeCalls(load: CallLoad): Promise<CallCounts> {
  await mkdir(load.folder, { recursive: true })
  const folder = await mkdtemp(join(load.folder, 'load-'))
  const [localPort = 0] = await freeUdpPorts(1)
  const run = randomBytes(4).toString('hex')
  try {
    await writeFile(join(folder, 'scenario.xml'), callerScenario(load.behaviour, run))
    await writeFile(join(folder, 'callers.csv'), callersFile(load.phones))
    const output = await runSipp(load, { folder, localPort, run })
    const statistics = await readFile(join(folder, 'statistics.csv'), 'utf8').catch(() => '')
    return countsOf(statistics, output)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function callersFile(phones: readonly DeskPhone[]): string {
  const lines = phones.map(
    ({ extension, secret }) => `${extension};[authentication username=${extension} password=${secret}]`,
  )
  return `SEQUENTIAL\n${lines.join('\n')}\n`
}

async function runSipp(
  load: CallLoad,
  own: { folder: string; localPort: number; run: string },
): Promise<string> {
  const { callsPerS, calls, sipPort, root, behaviour } = load
  const timeoutMs = (calls / callsPerS) * 1_000 + callMs(behaviour) + endMs
  const ratePeriodMs = 1_000
  const command = commandInRoot({
    root,
    binds: [{ hostFolder: own.folder, insidePath: insideFolder }],
    command: [
      'sipp',
      '-sf',
      `${insideFolder}/scenario.xml`,
      '-inf',
      `${insideFolder}/callers.csv`,
      '-i',
      callersAddress,
      '-mi',
      callersAddress,
      '-cid_str',
      `%u-${own.run}@%s`,
      '-p',
      String(own.localPort),
      '-mp',
      String(firstMediaPort),
      '-r',
      String(Math.round(callsPerS * 10)),
      '-rp',
      String(ratePeriodMs * 10),
      '-m',
      String(calls),
      '-l',
      String(Math.min(calls, concurrentMax)),
      '-trace_stat',
      '-stf',
      `${insideFolder}/statistics.csv`,
      '-fd',
      '1',
      '-trace_err',
      '-error_file',
      `${insideFolder}/errors.log`,
      '-timeout',
      String(Math.ceil(timeoutMs / 1_000)),
      '-nostdin',
      `127.0.0.1:${sipPort}`,
    ],
  })
  const child = spawn('taskset', ['--cpu-list', load.cores, command.file, ...command.args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // A session of its own, as everything that takes part in the calls has.
    detached: true,
  })
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (words = (words + text).slice(-2_000)))
  await once(child, 'close')
  const errors = await readFile(join(own.folder, 'errors.log'), 'utf8').catch(() => '')
  return `${words}\n${errors.slice(0, 3_000)}`
}

/** The last line of SIPp's statistics, whose columns of the whole run end in (C). */
function countsOf(statistics: string, output: string): CallCounts {
  const [head = '', ...lines] = statistics.trim().split('\n')
  const names = head.split(';')
  const rows = lines.map((line) => line.split(';'))
  const column = (name: string): number[] => rows.map((row) => Number(row[names.indexOf(name)] ?? 0))
  const created = column('TotalCallCreated').at(-1)
  if (created === undefined || names.indexOf('TotalCallCreated') === -1) {
    throw new Error(`SIPp did not make its calls:\n${output}`)
  }
  return {
    created,
    successful: column('SuccessfulCall(C)').at(-1) ?? 0,
    failed: column('FailedCall(C)').at(-1) ?? 0,
    concurrentMax: Math.max(...column('CurrentCall')),
  }
}
