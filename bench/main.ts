import { readFileSync, writeFileSync } from 'node:fs'
import { agiBenchmark } from './agi/benchmark.ts'
import { apiBenchmark } from './api/benchmark.ts'
import { scaleBenchmark } from './api/scale/benchmark.ts'
import { callsBenchmark } from './calls/benchmark.ts'
import { soakBenchmark } from './calls/soak.ts'
import { gatewayBenchmark } from './gateway/benchmark.ts'
import type { Benchmark, BenchmarkResult } from './harness/benchmark.ts'
import { type CommandLine, readCommandLine } from './harness/command-line.ts'
import { machineText } from './harness/machine.ts'
import { withSection } from './harness/results-file.ts'
import { summaryOf } from './harness/summary.ts'
import { markdownTable, plainTable, rowsOf } from './harness/table.ts'
import { speechBenchmark } from './speech/benchmark.ts'

/**
 * `npm run bench -- NAME`: runs one benchmark, prints its table and, with `--json`, one object as its last line.
 * A missed target is said, not an error: only a benchmark that couldn't be run ends with a code other than 0.
 */
const BENCHMARKS: readonly Benchmark[] = [
  agiBenchmark,
  apiBenchmark,
  scaleBenchmark,
  speechBenchmark,
  gatewayBenchmark,
  callsBenchmark,
  soakBenchmark,
]

const RESULTS_FILE = new URL('RESULTS.md', import.meta.url)

try {
  const commandLine = readCommandLine(
    process.argv.slice(2),
    BENCHMARKS.map(({ name }) => name),
  )
  const benchmark = BENCHMARKS.find(({ name }) => name === commandLine.name)
  if (benchmark !== undefined) await runBenchmark(benchmark, commandLine)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function runBenchmark(benchmark: Benchmark, { json, write, ...asked }: CommandLine): Promise<void> {
  const runs = benchmark.isOnce === true ? 1 : asked.runs
  const machine = machineText()
  console.log(`${benchmark.name}: ${benchmark.about}\n${machine}; medians of ${runs} runs\n`)
  const result = await benchmark.run({ runs, progress: (line) => console.error(line) })
  console.log(`\n${plainTable(rowsOf(result))}`)
  for (const warning of result.warnings) console.error(`\n*** ${warning}\n`)
  if (write) {
    const before = readFileSync(RESULTS_FILE, 'utf8')
    writeFileSync(RESULTS_FILE, withSection(before, benchmark.name, sectionOf(result, machine, runs)))
  }
  if (json) console.log(JSON.stringify(summaryOf(benchmark.name, runs, result)))
}

function sectionOf(result: BenchmarkResult, machine: string, runs: number): string {
  const date = new Date().toISOString().slice(0, 10)
  const warnings = result.warnings.map((warning) => `\n\n${warning}`).join('')
  return `${date}, ${machine}; medians of ${runs} runs.\n\n${markdownTable(rowsOf(result))}${warnings}`
}
