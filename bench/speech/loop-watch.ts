import { monitorEventLoopDelay } from 'node:perf_hooks'

/** How late a process's event loop was. */
export interface LoopDelay {
  p99Ms: number
  maxMs: number
  /** The most processor time that its own work took between two looks: what of the delay isn't the machine's. */
  workMaxMs: number
}

/** Looked at each millisecond, which the histogram counts as delay. */
const RESOLUTION_MS = 1
const NS_PER_MS = 1e6
const US_PER_MS = 1e3

/** Watches the event loop of this process between `start` and `stop`. */
export function createLoopWatch(): { start(): void; stop(): LoopDelay } {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  let timer: NodeJS.Timeout | undefined
  let workMaxMs = 0
  return {
    start() {
      delays.reset()
      delays.enable()
      workMaxMs = 0
      let before = process.threadCpuUsage()
      timer = setInterval(() => {
        const { user, system } = process.threadCpuUsage(before)
        workMaxMs = Math.max(workMaxMs, (user + system) / US_PER_MS)
        before = process.threadCpuUsage()
      }, RESOLUTION_MS)
    },
    stop() {
      clearInterval(timer)
      delays.disable()
      return { p99Ms: lateMs(delays.percentile(99)), maxMs: lateMs(delays.max), workMaxMs }
    },
  }
}

function lateMs(delayNs: number): number {
  return Math.max(0, delayNs / NS_PER_MS - RESOLUTION_MS)
}
