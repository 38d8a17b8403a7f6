import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { percentile } from '../../harness/statistics.ts'
import { SCRIPT } from '../call-script.ts'
import { openPeerCall } from './peer-call.ts'

const REPLIES = SCRIPT.map(({ reply }) => reply)

/**
 * Holds calls that each reply after a pause, and measures every turn: from the peer's write of a reply to its
 * receipt of the next command.
 *
 * Pauses are spread evenly over `pauseMs`, the same ones in every run.
 *
 * @param input.warmUpMs Time before the first turn that counts, beginning when all calls are active.
 */
export async function measureTurns(input: {
  port: number
  calls: number
  pauseMs: { from: number; to: number }
  warmUpMs: number
  measuredMs: number
}): Promise<{ turns: number; p50Ms: number; p99Ms: number }> {
  const { port, calls, pauseMs, warmUpMs, measuredMs } = input
  const turnsMs: number[] = []
  let isMeasuring = false
  let isOver = false
  const failures: Error[] = []
  const nextPause = evenlySpread(pauseMs)
  const openOne = (): Socket => {
    let replies = 0
    let sentAt = Number.NaN
    return openPeerCall({
      port,
      onCommand: (socket) => {
        if (isMeasuring && replies > 0) turnsMs.push(performance.now() - sentAt)
        setTimeout(() => {
          sentAt = performance.now()
          socket.write(REPLIES[replies % REPLIES.length] ?? '')
          replies += 1
        }, nextPause())
      },
      onClose: (error) => {
        if (!isOver) failures.push(error ?? new Error('The server ended a call'))
      },
    })
  }
  const sockets = await opened(calls, openOne)
  await sleep(warmUpMs)
  isMeasuring = true
  await sleep(measuredMs)
  isMeasuring = false
  isOver = true
  for (const socket of sockets) socket.destroy()
  if (failures[0] !== undefined) throw failures[0]
  return { turns: turnsMs.length, p50Ms: percentile(turnsMs, 50), p99Ms: percentile(turnsMs, 99) }
}

/** Opens calls over half a second, so that they don't all reply in the same millisecond. */
async function opened(calls: number, openOne: () => Socket): Promise<Socket[]> {
  const sockets: Socket[] = []
  const slices = 50
  for (let slice = 1; slice <= slices; slice += 1) {
    while (sockets.length < (calls * slice) / slices) sockets.push(openOne())
    await sleep(10)
  }
  return sockets
}

/** Numbers of a range in an order without pattern: multiples of the golden ratio, without their whole part. */
function evenlySpread({ from, to }: { from: number; to: number }): () => number {
  const step = (Math.sqrt(5) - 1) / 2
  let place = 0
  return () => {
    place = (place + step) % 1
    return from + place * (to - from)
  }
}
