import { openFilesOf, residentBytesOf } from './process-facts.ts'
import type { Stage } from './stage.ts'

/** The processes that a call goes through. */
export const soakedProcesses = ['FastAGI service', 'ticket API', 'gateway', 'Asterisk'] as const
export type SoakedProcess = (typeof soakedProcesses)[number]

/** How their figures' names begin. */
export const figureOf: Readonly<Record<SoakedProcess, string>> = {
  'FastAGI service': 'agi',
  'ticket API': 'api',
  gateway: 'gateway',
  Asterisk: 'asterisk',
}

/** What there is while no call is. */
export interface SoakBooks {
  channels: number
  /** Calls in progress and records under way in the FastAGI service. */
  agiCalls: number
  agiRecords: number
  sockets: Record<SoakedProcess, number>
  files: Record<SoakedProcess, number>
  /** Access codes, which calls of identified extensions never have, and sessions, of which one serves all calls. */
  codes: number
  sessions: number
}

/** The processes' ids. */
export async function soakedPids({ services, exchange }: Stage): Promise<Record<SoakedProcess, number>> {
  const [agi] = services.agi
  return {
    'FastAGI service': (await agi?.run('pid')) ?? 0,
    'ticket API': await services.api.run('pid'),
    gateway: await services.gateway.run('pid'),
    Asterisk: exchange.pid,
  }
}

/** Counts everything that a call may leave behind. */
export async function countBooks(stage: Stage): Promise<SoakBooks> {
  const { services, exchange } = stage
  const pids = await soakedPids(stage)
  const open = Object.fromEntries(
    await Promise.all(soakedProcesses.map(async (name) => [name, await openFilesOf(pids[name])] as const)),
  )
  const each = (kind: 'sockets' | 'files'): Record<SoakedProcess, number> => ({
    'FastAGI service': open['FastAGI service']?.[kind] ?? 0,
    'ticket API': open['ticket API']?.[kind] ?? 0,
    gateway: open['gateway']?.[kind] ?? 0,
    Asterisk: open['Asterisk']?.[kind] ?? 0,
  })
  const [agi] = services.agi
  const activity = await agi?.run('activity')
  const rows = await services.api.run('rows')
  return {
    channels: await exchange.countChannels(),
    agiCalls: activity?.calls ?? 0,
    agiRecords: activity?.records ?? 0,
    sockets: each('sockets'),
    files: each('files'),
    codes: rows.codes,
    sessions: rows.sessions,
  }
}

/** What is there more than before, in plain words; nothing when nothing leaked. */
export function leaks(before: SoakBooks, after: SoakBooks): string[] {
  const counts: [what: string, before: number, after: number][] = [
    ['channels', before.channels, after.channels],
    ['calls in the FastAGI service', before.agiCalls, after.agiCalls],
    ['records under way', before.agiRecords, after.agiRecords],
    ['access codes', before.codes, after.codes],
    ['sessions at the API', before.sessions, after.sessions],
    ...soakedProcesses.flatMap((name): [string, number, number][] => [
      [`sockets of ${name}`, before.sockets[name], after.sockets[name]],
      [`open files of ${name}`, before.files[name], after.files[name]],
    ]),
  ]
  return counts.filter(([, then, now]) => now > then).map(([what, then, now]) => `${what}: ${then} → ${now}`)
}

/** Resident memory of each, in MB. */
export async function residentMb(
  pids: Record<SoakedProcess, number>,
): Promise<Record<SoakedProcess, number>> {
  const mb = async (name: SoakedProcess): Promise<number> => (await residentBytesOf(pids[name])) / 1e6
  return {
    'FastAGI service': await mb('FastAGI service'),
    'ticket API': await mb('ticket API'),
    gateway: await mb('gateway'),
    Asterisk: await mb('Asterisk'),
  }
}
