import { runAgiAdmin } from '@ura/agi/command-line/agi-admin'
import { systemClock } from '@ura/core/clock'
import { createTerminal } from '@ura/core/command-line/terminal'

/** `npm run agi:admin -- …`: the administrator's commands on the spool of this host: that of AGI_SPOOL_DIR, else of DATA_DIR. */
process.exitCode = await runAgiAdmin({
  arguments: process.argv.slice(2),
  environment: { ...process.env, DATA_DIR: process.env['DATA_DIR'] || 'data' },
  clock: systemClock,
  terminal: createTerminal({ input: process.stdin, output: process.stderr }),
  print: (text) => process.stdout.write(`${text}\n`),
  printError: (text) => process.stderr.write(`${text}\n`),
})
