import type { BenchmarkContext, Comparison, Measured } from '../harness/benchmark.ts'
import { startProcess, type TaskProcess } from '../harness/task-process.ts'
import { COMMANDS_PER_CALL, ROUNDS_PER_CALL } from './call-script.ts'
import type { PeerTasks } from './peer-process.ts'
import type { ServerTasks } from './server-process.ts'
import { SERVER_KINDS, type ServerKind } from './servers.ts'

/** Calls before the measured ones: past them the just-in-time compiler has nothing left to do. */
const WARM_UP_CALLS = 1_000

const MEASURED_CALLS = 3_000

/** Enough to keep the server busy all the time, few enough to be a normal hour of an office. */
const CALLS_AT_ONCE = 100

/**
 * CPU time (user and system, all threads) that a server process spends on a command: whole calls of 30 commands,
 * with their connection, environment and end. Against a bare socket and against ding-dong.
 */
export async function compareCpuPerCommand({ runs, progress }: BenchmarkContext): Promise<Comparison[]> {
  const samples: Record<ServerKind, number[]> = { 'asterisk-agi': [], socket: [], 'ding-dong': [] }
  const peer = startProcess<PeerTasks>(new URL('peer-process.ts', import.meta.url))
  try {
    for (let run = 1; run <= runs; run += 1) {
      for (const kind of SERVER_KINDS) samples[kind].push(await cpuPerCommandUs(kind, peer))
      const now = SERVER_KINDS.map((kind) => `${kind} ${samples[kind].at(-1)?.toFixed(1)} µs`)
      progress(`CPU per command, run ${run}: ${now.join(', ')}`)
    }
  } finally {
    await peer.stop()
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

async function cpuPerCommandUs(kind: ServerKind, peer: TaskProcess<PeerTasks>): Promise<number> {
  const server = startProcess<ServerTasks>(new URL('server-process.ts', import.meta.url), {
    args: [kind, String(ROUNDS_PER_CALL)],
  })
  try {
    const port = await server.run('port')
    const load = { port, callsAtOnce: CALLS_AT_ONCE, commandsPerCall: COMMANDS_PER_CALL }
    await peer.run('runCalls', { ...load, calls: WARM_UP_CALLS })
    const before = await server.run('cpuUs')
    await peer.run('runCalls', { ...load, calls: MEASURED_CALLS })
    const after = await server.run('cpuUs')
    return (after - before) / (MEASURED_CALLS * COMMANDS_PER_CALL)
  } finally {
    await server.stop()
  }
}
