import type { Benchmark } from '../harness/benchmark.ts'
import { compareCpuPerCommand } from './cpu-per-command.ts'
import { compareMemoryPerIdleCall } from './memory-per-call.ts'
import { compareProcessAgi } from './process-agi.ts'
import { checkSameBytes } from './same-bytes.ts'
import { compareTurnTime } from './turn-time.ts'

/** What a FastAGI call costs in asterisk-agi, beside a bare socket, ding-dong and process AGI. */
export const agiBenchmark: Benchmark = {
  name: 'agi',
  about:
    'what a FastAGI call costs in asterisk-agi, beside a bare socket, ding-dong and a PHP process a step',
  run: async (context) => {
    await checkSameBytes()
    const cpu = await compareCpuPerCommand(context)
    const memory = await compareMemoryPerIdleCall(context)
    const turns = await compareTurnTime(context)
    const processAgi = await compareProcessAgi(context)
    return {
      comparisons: [...cpu, ...memory.comparisons, ...turns.comparisons, ...processAgi.comparisons],
      others: [...memory.others, ...turns.others],
      warnings: [...memory.warnings, ...processAgi.warnings],
    }
  },
}
