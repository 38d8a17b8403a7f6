import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { BenchmarkContext, Comparison } from '../harness/benchmark.ts'
import { startProcess, type TaskProcess } from '../harness/task-process.ts'
import type { PeerTasks } from './peer-process.ts'
import { startPeerProcess } from './processes.ts'
import type { ProcessAgiTasks } from './process-agi-process.ts'
import type { StepApiTasks } from './step-api-process.ts'
import type { StepServerTasks } from './step-server-process.ts'

const PROCESS_STEPS = 100
/** Processes at once: as many as the machine this was written on has cores. */
const PROCESSES_AT_ONCE = 2

const OUR_STEPS_WARM_UP = 2_000
const OUR_STEPS = 4_000
const OUR_CALLS_AT_ONCE = 20

interface Processes {
  address: string
  processAgi: TaskProcess<ProcessAgiTasks>
  peer: TaskProcess<PeerTasks>
}

/**
 * CPU of one step of a call, one HTTP request and one command: a PHP process for each step, as phpagi works,
 * against asterisk-agi. The CPU of the HTTP server and of whatever plays Asterisk is in neither.
 */
export async function compareProcessAgi({
  runs,
  progress,
}: BenchmarkContext): Promise<{ comparisons: Comparison[]; warnings: string[] }> {
  const missing = whatIsMissing()
  const processUs: number[] = []
  const oursUs: number[] = []
  const api = startProcess<StepApiTasks>(new URL('step-api-process.ts', import.meta.url))
  const processAgi = startProcess<ProcessAgiTasks>(new URL('process-agi-process.ts', import.meta.url))
  const peer = startPeerProcess()
  try {
    const address = await api.run('address')
    const processes = { address, processAgi, peer }
    for (let run = 1; run <= runs; run += 1) {
      if (missing === null) processUs.push(await processCpuPerStepUs(processes))
      oursUs.push(await ourCpuPerStepUs(processes))
      const php = missing === null ? `${processUs.at(-1)?.toFixed(0)} µs` : 'not measured'
      progress(`CPU per step, run ${run}: PHP process ${php}, asterisk-agi ${oursUs.at(-1)?.toFixed(0)} µs`)
    }
  } finally {
    await Promise.all([api.stop(), processAgi.stop(), peer.stop()])
  }
  return {
    comparisons: [
      {
        ratio: 'processAgiCpuVsOurs',
        what: 'CPU per step (HTTP request, command)',
        dividend: { figure: 'processAgiCpuPerStepUs', name: phpText(), unit: 'µs', samples: processUs },
        divisor: { figure: 'cpuPerStepUs', name: 'asterisk-agi', unit: 'µs', samples: oursUs },
        target: { atLeast: 10 },
      },
    ],
    warnings: missing === null ? [] : [`NOT MEASURED: processAgiCpuVsOurs (${missing})`],
  }
}

function whatIsMissing(): string | null {
  if (!existsSync('/proc/self/stat')) return "there is no /proc to read children's CPU time from"
  const { status } = spawnSync('php', ['--version'], { stdio: 'ignore' })
  return status === 0 ? null : 'there is no php; on Debian: apt-get install php-cli'
}

function phpText(): string {
  return process.env['PHPAGI_DIR'] ? 'a PHP process with phpagi' : "a PHP process in phpagi's manner"
}

async function processCpuPerStepUs({ address, processAgi }: Processes): Promise<number> {
  const before = await processAgi.run('childrenCpuUs')
  await processAgi.run('runSteps', { address, steps: PROCESS_STEPS, atOnce: PROCESSES_AT_ONCE })
  const after = await processAgi.run('childrenCpuUs')
  return (after - before) / PROCESS_STEPS
}

async function ourCpuPerStepUs({ address, peer }: Processes): Promise<number> {
  const server = startProcess<StepServerTasks>(new URL('step-server-process.ts', import.meta.url), {
    args: [address],
  })
  try {
    const load = { port: await server.run('port'), callsAtOnce: OUR_CALLS_AT_ONCE, commandsPerCall: 1 }
    await peer.run('runCalls', { ...load, calls: OUR_STEPS_WARM_UP })
    const before = await server.run('cpuUs')
    await peer.run('runCalls', { ...load, calls: OUR_STEPS })
    const after = await server.run('cpuUs')
    return (after - before) / OUR_STEPS
  } finally {
    await server.stop()
  }
}
