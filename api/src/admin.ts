import { systemClock } from '@ura/core/clock'
import { createTerminal } from '@ura/core/command-line/terminal'
import { accountName } from './admin/account-name.ts'
import { runAdmin } from './admin/command-line.ts'

/** `npm run admin -- …`: the administrator's commands on the database of DATA_DIR or DATABASE_URL. */
process.exitCode = await runAdmin({
  arguments: process.argv.slice(2),
  environment: process.env,
  clock: systemClock,
  account: accountName(),
  terminal: createTerminal({ input: process.stdin, output: process.stderr }),
  print: (text) => process.stdout.write(`${text}\n`),
  printError: (text) => process.stderr.write(`${text}\n`),
})
