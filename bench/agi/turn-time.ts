import type { BenchmarkContext, Comparison, Measured } from '../harness/benchmark.ts'
import { median } from '../harness/statistics.ts'
import { startPeerProcess, startServerProcess } from './processes.ts'

/**
 * What is measured: 1,000 calls active, and an Asterisk that takes 200 ms on average to reply, so that there are
 * 5,000 turns a second. That keeps neither server busy: what is measured is a turn, not a queue.
 */
const NORMAL_HOUR = { calls: 1_000, pauseMs: { from: 50, to: 350 }, warmUpMs: 300, measuredMs: 1_000 }

/** Turns are measured so often in a run, server by turns: what else the machine does then disturbs both alike. */
const SLICES = 4

/** A busier hour before, so that the just-in-time compiler is done: a server runs for months. */
const BUSY_HOUR = { calls: 100, pauseMs: { from: 0, to: 8 }, warmUpMs: 0, measuredMs: 2_500 }

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
    const [one, other] = await turnTimes()
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
        dividend: inMs('turnP99Ms', 'asterisk-agi', column(ours, 'p99Ms')),
        divisor: inMs('turnP99SocketMs', 'bare socket', column(socket, 'p99Ms')),
        target: { atMost: 2 },
      },
    ],
    others: [
      inMs('turnP50Ms', 'turn time p50, asterisk-agi', column(ours, 'p50Ms')),
      inMs('turnP50SocketMs', 'turn time p50, bare socket', column(socket, 'p50Ms')),
    ],
  }
}

async function turnTimes(): Promise<[ours: TurnFigures, socket: TurnFigures]> {
  const peer = startPeerProcess()
  const servers = [
    startServerProcess('asterisk-agi', Infinity),
    startServerProcess('socket', Infinity),
  ] as const
  try {
    const ports = [await servers[0].run('port'), await servers[1].run('port')] as const
    for (const port of ports) await peer.run('measureTurns', { port, ...BUSY_HOUR })
    const ours: TurnFigures[] = []
    const socket: TurnFigures[] = []
    for (let slice = 0; slice < SLICES; slice += 1) {
      ours.push(await peer.run('measureTurns', { port: ports[0], ...NORMAL_HOUR }))
      socket.push(await peer.run('measureTurns', { port: ports[1], ...NORMAL_HOUR }))
    }
    return [medianFigures(ours), medianFigures(socket)]
  } finally {
    await Promise.all([...servers.map((server) => server.stop()), peer.stop()])
  }
}

function medianFigures(slices: readonly TurnFigures[]): TurnFigures {
  return { p50Ms: median(column(slices, 'p50Ms')), p99Ms: median(column(slices, 'p99Ms')) }
}

function column(figures: readonly TurnFigures[], name: keyof TurnFigures): number[] {
  return figures.map((one) => one[name])
}

function inMs(figure: string, name: string, samples: number[]): Measured {
  return { figure, name, unit: 'ms', samples }
}
