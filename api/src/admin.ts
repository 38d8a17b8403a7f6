import { userInfo } from 'node:os'
import { systemClock } from '@ura/core/clock'
import { runAdmin } from './admin/command-line.ts'
import { readStorageConfiguration } from './config.ts'

/** `npm run admin -- …`: the administrator's commands on the database of DATA_DIR or DATABASE_URL. */
process.exitCode = await runAdmin({
  arguments: process.argv.slice(2),
  config: readStorageConfiguration(process.env),
  clock: systemClock,
  account: userInfo().username,
  print: (text) => process.stdout.write(`${text}\n`),
  printError: (text) => process.stderr.write(`${text}\n`),
})
