import type { Clock } from '@ura/core/clock'
import { ConfigurationError, type Environment } from '@ura/core/configuration'
import { StartupError } from '@ura/core/service'
import { databaseUrlOf, readStorageConfiguration } from '../config.ts'
import { openDatabase } from '../database/connection.ts'
import { openAdminDatabase } from './admin-database.ts'
import { catalogueCommands } from './catalogue-commands.ts'
import { clientCommands } from './client-commands.ts'
import { type Commands, RefusedError, UsageError } from './command.ts'
import { parseTyped, type TypedCommand } from './command-options.ts'
import { helpText } from './help-text.ts'
import { holidayCommands } from './holiday-commands.ts'
import { hoursCommands } from './hours-commands.ts'
import { migrationCommands } from './migration-commands.ts'
import { privacyCommands } from './privacy-commands.ts'
import { retentionCommands } from './retention-commands.ts'
import type { Terminal } from './terminal.ts'
import { ticketCommands } from './ticket-commands.ts'
import { userCommands } from './user-commands.ts'
import { userImportCommands } from './user-import-commands.ts'
import { webhookCommands } from './webhook-commands.ts'

const commands: Commands = {
  ...userCommands,
  ...userImportCommands,
  ...ticketCommands,
  ...catalogueCommands,
  ...hoursCommands,
  ...holidayCommands,
  ...clientCommands,
  ...webhookCommands,
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
  try {
    const typed = parseTyped(commands, run.arguments)
    run.print(typed.kind === 'help' ? helpText(commands, typed.name) : await runCommand(run, typed))
    return 0
  } catch (error) {
    const told = describeFault(error)
    run.printError(
      run.arguments.includes('--json') ? JSON.stringify({ error: told.message, ...told.data }) : told.message,
    )
    return told.exitCode
  }
}

async function runCommand(
  run: AdminRun,
  { command, input, json }: Extract<TypedCommand, { kind: 'run' }>,
): Promise<string> {
  const { environment, clock, account, terminal } = run
  const config = readStorageConfiguration(environment)
  const now = clock.now()
  const url = databaseUrlOf(config)
  const db =
    command.schema === 'any'
      ? openDatabase(url, { connectionsMax: 1, statementTimeoutMs: 0 })
      : await openAdminDatabase(url, now)
  try {
    const context = { db, config, clock, now, actor: `admin:${account}`, terminal }
    const { data, text } = await command.run(context, input)
    return json ? JSON.stringify(data) : text
  } finally {
    await db.destroy()
  }
}

interface Fault {
  exitCode: 1 | 2
  message: string
  data: Readonly<Record<string, unknown>>
}

/** What the administrator is told; an error that nobody foresaw goes on with its stack. */
function describeFault(error: unknown): Fault {
  if (error instanceof UsageError) {
    return { exitCode: 2, message: `${error.message}\nVeja os comandos com --help.`, data: {} }
  }
  if (error instanceof ConfigurationError || error instanceof StartupError) {
    return { exitCode: 2, message: error.message, data: {} }
  }
  if (error instanceof RefusedError) {
    return { exitCode: 1, message: error.message, data: error.data }
  }
  throw error
}
