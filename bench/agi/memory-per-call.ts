import type { BenchmarkContext, Comparison, Measured } from '../harness/benchmark.ts'
import { MemoryGroup } from '../harness/memory-group.ts'
import { startPeerProcess, startServerProcess } from './processes.ts'
import type { ServerKind } from './servers.ts'

/** Calls held at once, each with its environment sent and its handler waiting in one command. */
const CALLS = 5_000

/** Calls opened and closed before: code and structures that exist once are then not counted as a call's. */
const WARM_UP_CALLS = 200

/**
 * glibc gives back freed memory instead of keeping it for later: what the process has over from its start would
 * hide what a call allocates outside the heap, and read buffers freed long ago would count as a call's.
 */
const PROMPT_ALLOCATOR = {
  MALLOC_MMAP_THRESHOLD_: '16384',
  MALLOC_TRIM_THRESHOLD_: '65536',
  MALLOC_ARENA_MAX: '1',
}

interface IdleCallFigures {
  /** All that is charged to the process, what the kernel holds for its sockets too; null where Linux doesn't tell. */
  chargedBytes: number | null
  rssBytes: number
  heapBytes: number
  drainMs: number | null
}

/**
 * Memory of an idle call, and how long 5,000 take to end. A bare socket is for the most part the kernel's: the ratio is
 * of all that a call costs the machine, and the resident set, which leaves the kernel out, stands beside it.
 */
export async function compareMemoryPerIdleCall({
  runs,
  progress,
}: BenchmarkContext): Promise<{ comparisons: Comparison[]; others: Measured[]; warnings: string[] }> {
  const ours: IdleCallFigures[] = []
  const socket: IdleCallFigures[] = []
  for (let run = 1; run <= runs; run += 1) {
    const one = await holdIdleCalls('asterisk-agi')
    const other = await holdIdleCalls('socket')
    ours.push(one)
    socket.push(other)
    progress(`idle calls, run ${run}: asterisk-agi ${figuresText(one)}, socket ${figuresText(other)}`)
  }
  const isCharged = ours.every(({ chargedBytes }) => chargedBytes !== null)
  const whole = isCharged ? 'chargedBytes' : 'rssBytes'
  return {
    comparisons: [
      {
        ratio: 'memoryPerIdleCallVsSocket',
        what: isCharged ? 'memory per idle call, with the kernel' : 'memory per idle call (RSS)',
        dividend: inBytes('memoryPerIdleCallBytes', 'asterisk-agi', column(ours, whole)),
        divisor: inBytes('memoryPerIdleCallSocketBytes', 'bare socket', column(socket, whole)),
        target: { atMost: 2 },
      },
      {
        ratio: 'residentMemoryPerIdleCallVsSocket',
        what: 'memory per idle call, the process alone (RSS)',
        dividend: inBytes('residentMemoryPerIdleCallBytes', 'asterisk-agi', column(ours, 'rssBytes')),
        divisor: inBytes('residentMemoryPerIdleCallSocketBytes', 'bare socket', column(socket, 'rssBytes')),
        target: { atMost: 2 },
      },
    ],
    warnings: isCharged
      ? []
      : [
          "memory per idle call is the process's alone: to see what the kernel holds takes root and control groups",
        ],
    others: [
      inBytes('heapPerIdleCallBytes', 'heap per idle call, asterisk-agi', column(ours, 'heapBytes')),
      inBytes('heapPerIdleCallSocketBytes', 'heap per idle call, bare socket', column(socket, 'heapBytes')),
      {
        figure: 'drainMs',
        name: `${CALLS.toLocaleString('en')} idle calls ended by close(), wanted under 2,000 ms`,
        unit: 'ms',
        samples: column(ours, 'drainMs'),
      },
    ],
  }
}

async function holdIdleCalls(kind: ServerKind): Promise<IdleCallFigures> {
  const peer = startPeerProcess()
  let group: MemoryGroup | null = null
  const server = startServerProcess(kind, Infinity, { nodeOptions: ['--expose-gc'], env: PROMPT_ALLOCATOR })
  try {
    const port = await server.run('port')
    group = await MemoryGroup.around(await server.run('processId'))
    await peer.run('hold', { port, calls: WARM_UP_CALLS })
    await peer.run('release')
    const before = await server.run('memory')
    const chargedBefore = (await group?.usageBytes()) ?? null
    await peer.run('hold', { port, calls: CALLS })
    const after = await server.run('memory')
    const chargedAfter = (await group?.usageBytes()) ?? null
    return {
      chargedBytes:
        chargedBefore === null || chargedAfter === null ? null : (chargedAfter - chargedBefore) / CALLS,
      rssBytes: (after.rssBytes - before.rssBytes) / CALLS,
      heapBytes: (after.heapBytes - before.heapBytes) / CALLS,
      drainMs: kind === 'asterisk-agi' ? await drained(server, peer) : null,
    }
  } finally {
    await Promise.all([server.stop(), peer.stop()])
    await group?.remove()
  }
}

function figuresText({ chargedBytes, rssBytes, heapBytes, drainMs }: IdleCallFigures): string {
  const charged = chargedBytes === null ? '' : `${chargedBytes.toFixed(0)} bytes with the kernel, `
  const ending = drainMs === null ? '' : `, drained in ${drainMs.toFixed(0)} ms`
  return `${charged}RSS ${rssBytes.toFixed(0)} (heap ${heapBytes.toFixed(0)})${ending}`
}

/** Ends every call from the server's side, until it has closed and every peer has seen it. */
async function drained(
  server: ReturnType<typeof startServerProcess>,
  peer: ReturnType<typeof startPeerProcess>,
): Promise<number> {
  const began = performance.now()
  await Promise.all([server.run('drain'), peer.run('untilReleased')])
  return performance.now() - began
}

function column(figures: readonly IdleCallFigures[], name: keyof IdleCallFigures): number[] {
  return figures.flatMap((one) => one[name] ?? [])
}

function inBytes(figure: string, name: string, samples: number[]): Measured {
  return { figure, name, unit: 'bytes', samples }
}
