import type { BenchmarkContext, Comparison, Measured } from '../harness/benchmark.ts'
import type { TaskProcess } from '../harness/task-process.ts'
import { COMMANDS_PER_CALL, ROUNDS_PER_CALL } from './call-script.ts'
import type { PeerTasks } from './peer-process.ts'
import { startPeerProcess, startServerProcess } from './processes.ts'
import type { ServerTasks } from './server-process.ts'
import { SERVER_KINDS, type ServerKind } from './servers.ts'

/** Calls before the measured ones: past them the just-in-time compiler has nothing left to do. */
const WARM_UP_CALLS = 1_000

/** Each server's calls are measured in slices, by turns: what else the machine does then disturbs all alike. */
const SLICES = 4
const SLICE_CALLS = 750

/** Enough to keep the server busy all the time. */
const CALLS_AT_ONCE = 100

/**
 * CPU time (user and system, all threads) that a server process spends on a command: whole calls of 30 commands,
 * with their connection, environment and end. Against a bare socket and against ding-dong.
 */
export async function compareCpuPerCommand({ runs, progress }: BenchmarkContext): Promise<Comparison[]> {
  const samples: Record<ServerKind, number[]> = { 'asterisk-agi': [], socket: [], 'ding-dong': [] }
  for (let run = 1; run <= runs; run += 1) {
    const measuredUs = await cpuPerCommandUs()
    for (const kind of SERVER_KINDS) samples[kind].push(measuredUs[kind])
    const text = SERVER_KINDS.map((kind) => `${kind} ${measuredUs[kind].toFixed(1)} µs`).join(', ')
    progress(`CPU per command, run ${run}: ${text}`)
  }
  const measured = (kind: ServerKind, figure: string, name: string): Measured => {
    return { figure, name, unit: 'µs', samples: samples[kind] }
  }
  const dividend = measured('asterisk-agi', 'cpuPerCommandUs', 'asterisk-agi')
  return [
    {
      ratio: 'cpuPerCommandVsSocket',
      what: 'CPU per command',
      dividend,
      divisor: measured('socket', 'cpuPerCommandSocketUs', 'bare socket'),
      target: { atMost: 1.35 },
    },
    {
      ratio: 'cpuPerCommandVsDingDong',
      what: 'CPU per command',
      dividend,
      divisor: measured('ding-dong', 'cpuPerCommandDingDongUs', 'ding-dong'),
      target: { atMost: 1 },
    },
  ]
}

async function cpuPerCommandUs(): Promise<Record<ServerKind, number>> {
  const peer = startPeerProcess()
  const servers = SERVER_KINDS.map((kind) => ({ kind, server: startServerProcess(kind, ROUNDS_PER_CALL) }))
  try {
    for (const { server } of servers) await cpuOfCallsUs(server, peer, WARM_UP_CALLS)
    const totalUs: Record<ServerKind, number> = { 'asterisk-agi': 0, socket: 0, 'ding-dong': 0 }
    for (let slice = 0; slice < SLICES; slice += 1) {
      for (const { kind, server } of servers) totalUs[kind] += await cpuOfCallsUs(server, peer, SLICE_CALLS)
    }
    const commands = SLICES * SLICE_CALLS * COMMANDS_PER_CALL
    for (const kind of SERVER_KINDS) totalUs[kind] /= commands
    return totalUs
  } finally {
    await Promise.all([...servers.map(({ server }) => server.stop()), peer.stop()])
  }
}

async function cpuOfCallsUs(
  server: TaskProcess<ServerTasks>,
  peer: TaskProcess<PeerTasks>,
  calls: number,
): Promise<number> {
  const port = await server.run('port')
  const before = await server.run('cpuUs')
  const load = { port, calls, callsAtOnce: CALLS_AT_ONCE, commandsPerCall: COMMANDS_PER_CALL }
  await peer.run('runCalls', load)
  return (await server.run('cpuUs')) - before
}
