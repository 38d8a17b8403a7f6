import { cpus, totalmem, type } from 'node:os'

/** The machine and the Node that figures come from, in one line. */
export function machineText(): string {
  const cores = cpus()
  const model = cores[0]?.model.trim() ?? 'unknown CPU'
  const memoryGiB = Math.round(totalmem() / 1024 ** 3)
  return `${model}, ${cores.length} cores, ${memoryGiB} GiB, ${type()}, Node ${process.version}`
}
