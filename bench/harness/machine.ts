import { cpus, loadavg, totalmem, type } from 'node:os'

/** The machine and the Node that figures come from, and how busy it is with other things, in one line. */
export function machineText(): string {
  const cores = cpus()
  const model = cores[0]?.model.trim() ?? 'unknown CPU'
  const memoryGiB = Math.round(totalmem() / 1024 ** 3)
  const load = (loadavg()[0] ?? 0).toFixed(1)
  return `${model}, ${cores.length} cores, ${memoryGiB} GiB, load ${load} before, ${type()}, Node ${process.version}`
}
