import type { BenchmarkContext, Comparison, Measured } from '../harness/benchmark.ts'
import { startProcess } from '../harness/task-process.ts'
import type { PeerTasks } from './peer-process.ts'
import type { ServerTasks } from './server-process.ts'
import type { ServerKind } from './servers.ts'

/** Calls active at once. */
const CALLS = 1_000

/** How long Asterisk takes to reply: 200 ms on average, so that 1,000 calls give 5,000 replies a second. */
const PAUSE_MS = { from: 50, to: 350 }

const WARM_UP_MS = 1_500
const MEASURED_MS = 4_000

interface TurnFigures {
  p50Ms: number
  p99Ms: number
}

/** Turn time as a peer sees it: from its write of a reply to its receipt of the next command. */
export async function compareTurnTime({
  runs,
  progress,
}: BenchmarkContext): Promise<{ comparisons: Comparison[]; others: Measured[] }> {
  const ours: TurnFigures[] = []
  const socket: TurnFigures[] = []
  for (let run = 1; run <= runs; run += 1) {
    const one = await turnTime('asterisk-agi')
    const other = await turnTime('socket')
    ours.push(one)
    socket.push(other)
    progress(
      `turn time p99 (p50), run ${run}: asterisk-agi ${one.p99Ms.toFixed(2)} ms (${one.p50Ms.toFixed(2)}), ` +
        `socket ${other.p99Ms.toFixed(2)} ms (${other.p50Ms.toFixed(2)})`,
    )
  }
  return {
    comparisons: [
      {
        ratio: 'turnP99VsSocket',
        what: 'turn time p99, 1,000 calls active',
        dividend: inMs(
          'turnP99Ms',
          'asterisk-agi',
          ours.map(({ p99Ms }) => p99Ms),
        ),
        divisor: inMs(
          'turnP99SocketMs',
          'bare socket',
          socket.map(({ p99Ms }) => p99Ms),
        ),
        target: { atMost: 2 },
      },
    ],
    others: [
      inMs(
        'turnP50Ms',
        'turn time p50, asterisk-agi',
        ours.map(({ p50Ms }) => p50Ms),
      ),
      inMs(
        'turnP50SocketMs',
        'turn time p50, bare socket',
        socket.map(({ p50Ms }) => p50Ms),
      ),
    ],
  }
}

async function turnTime(kind: ServerKind): Promise<TurnFigures> {
  const peer = startProcess<PeerTasks>(new URL('peer-process.ts', import.meta.url))
  const server = startProcess<ServerTasks>(new URL('server-process.ts', import.meta.url), {
    args: [kind, 'Infinity'],
  })
  try {
    const port = await server.run('port')
    const times = { warmUpMs: WARM_UP_MS, measuredMs: MEASURED_MS }
    return await peer.run('measureTurns', { port, calls: CALLS, pauseMs: PAUSE_MS, ...times })
  } finally {
    await Promise.all([server.stop(), peer.stop()])
  }
}

function inMs(figure: string, name: string, samples: number[]): Measured {
  return { figure, name, unit: 'ms', samples }
}
