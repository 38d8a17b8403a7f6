import type { Clock } from '@ura/core/clock'
import { runCommandLine } from '@ura/core/command-line/run-command-line'
import type { Terminal } from '@ura/core/command-line/terminal'
import type { Environment } from '@ura/core/configuration'
import { databaseUrlOf, readStorageConfiguration } from '../config.ts'
import { openDatabase } from '../database/connection.ts'
import { openAdminDatabase } from './admin-database.ts'
import { announcementCommands } from './announcement-commands.ts'
import { callbackCommands } from './callback-commands.ts'
import { catalogueCommands } from './catalogue-commands.ts'
import { clientCommands } from './client-commands.ts'
import type { Command, CommandInput, CommandOutcome, Commands } from './command.ts'
import { holidayCommands } from './holiday-commands.ts'
import { hoursCommands } from './hours-commands.ts'
import { migrationCommands } from './migration-commands.ts'
import { privacyCommands } from './privacy-commands.ts'
import { retentionCommands } from './retention-commands.ts'
import { ticketCommands } from './ticket-commands.ts'
import { userCommands } from './user-commands.ts'
import { userImportCommands } from './user-import-commands.ts'
import { satisfactionCommands } from './satisfaction-commands.ts'
import { webhookCommands } from './webhook-commands.ts'

const commands: Commands = {
  ...userCommands,
  ...userImportCommands,
  ...ticketCommands,
  ...callbackCommands,
  ...catalogueCommands,
  ...hoursCommands,
  ...holidayCommands,
  ...clientCommands,
  ...webhookCommands,
  ...announcementCommands,
  ...satisfactionCommands,
  ...migrationCommands,
  ...retentionCommands,
  ...privacyCommands,
}

interface AdminRun {
  /** What was typed, without the program's name. */
  arguments: readonly string[]
  environment: Environment
  clock: Clock
  /** The account of the person at the keyboard. */
  account: string
  terminal: Terminal
  print: (text: string) => void
  printError: (text: string) => void
}

/** Runs one administrator's command and gives the exit code: 0 done, 1 refused, 2 not understood or not set up. */
export async function runAdmin(run: AdminRun): Promise<0 | 1 | 2> {
  return await runCommandLine({
    ...run,
    name: 'npm run admin --',
    commands,
    perform: ({ command, input }) => runCommand(run, command, input),
  })
}

async function runCommand(
  { environment, clock, account, terminal }: AdminRun,
  command: Command,
  input: CommandInput,
): Promise<CommandOutcome> {
  const config = readStorageConfiguration(environment)
  const now = clock.now()
  const url = databaseUrlOf(config)
  const db =
    command.schema === 'any'
      ? openDatabase(url, { connectionsMax: 1, statementTimeoutMs: 0 })
      : await openAdminDatabase(url, now)
  try {
    const context = { db, config, clock, now, actor: `admin:${account}`, terminal }
    return await command.run(context, input)
  } finally {
    await db.destroy()
  }
}
