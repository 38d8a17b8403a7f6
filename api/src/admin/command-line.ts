import { parseArgs } from 'node:util'
import type { Clock } from '@ura/core/clock'
import { ConfigurationError, type Environment } from '@ura/core/configuration'
import { StartupError } from '@ura/core/service'
import { databaseUrlOf, readStorageConfiguration } from '../config.ts'
import { openMigratedDatabase } from '../database/migrated-database.ts'
import { clientCommands } from './client-commands.ts'
import { type Command, type CommandInput, RefusedError, UsageError } from './command.ts'
import { hoursCommands } from './hours-commands.ts'
import { ticketCommands } from './ticket-commands.ts'
import { userCommands } from './user-commands.ts'

const commands: Readonly<Record<string, Command>> = {
  ...clientCommands,
  ...hoursCommands,
  ...userCommands,
  ...ticketCommands,
}

interface AdminRun {
  /** What was typed, without the program's name. */
  arguments: readonly string[]
  environment: Environment
  clock: Clock
  /** The account of the person at the keyboard. */
  account: string
  print: (text: string) => void
  printError: (text: string) => void
}

/** Runs one administrator's command and gives the exit code: 0 done, 1 refused, 2 not understood or not set up. */
export async function runAdmin(run: AdminRun): Promise<0 | 1 | 2> {
  try {
    const parsed = parseCommandLine(run.arguments)
    run.print(parsed === 'help' ? helpText() : await runCommand(run, parsed))
    return 0
  } catch (error) {
    if (error instanceof UsageError) {
      run.printError(`${error.message}\nVeja os comandos com --help.`)
      return 2
    }
    if (error instanceof ConfigurationError || error instanceof StartupError) {
      run.printError(error.message)
      return 2
    }
    if (error instanceof RefusedError) {
      run.printError(error.message)
      return 1
    }
    throw error
  }
}

interface ParsedCommandLine {
  command: Command
  input: CommandInput
  json: boolean
}

function parseCommandLine(typed: readonly string[]): ParsedCommandLine | 'help' {
  const { values, positionals } = parseOptions(typed)
  if (values.help === true || positionals.length === 0) {
    return 'help'
  }
  const name = positionals.slice(0, 2).join(' ')
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) {
    throw new UsageError(`Comando desconhecido: ${name}`)
  }
  const rest = positionals.slice(2)
  const { reason, networks } = values
  const unknown = Object.entries({ reason, networks }).find(
    ([option, value]) => value !== undefined && !command.options.some((known) => known === option),
  )
  const { min, max } = command.positionals
  if (rest.length < min || rest.length > max || unknown !== undefined) {
    throw new UsageError(`Uso: ${command.usage}`)
  }
  return { command, input: { positionals: rest, options: { reason, networks } }, json: values.json === true }
}

function parseOptions(typed: readonly string[]) {
  try {
    return parseArgs({
      args: [...typed],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        json: { type: 'boolean' },
        networks: { type: 'string' },
        reason: { type: 'string' },
      },
    })
  } catch (error) {
    throw new UsageError('Opção desconhecida ou sem valor.', { cause: error })
  }
}

async function runCommand(run: AdminRun, { command, input, json }: ParsedCommandLine): Promise<string> {
  const { environment, clock, account } = run
  const config = readStorageConfiguration(environment)
  // The first client may be made before the API ever ran.
  const { db } = await openMigratedDatabase(databaseUrlOf(config), { now: clock.now(), connectionsMax: 1 })
  try {
    const context = { db, config, now: clock.now(), actor: `admin:${account}` }
    const { data, text } = await command.run(context, input)
    return json ? JSON.stringify(data) : text
  } finally {
    await db.destroy()
  }
}

function helpText(): string {
  const lines = Object.values(commands).flatMap(({ usage, summary }) => [`  ${usage}`, `      ${summary}`])
  return [
    'Uso: npm run admin -- COMANDO [--json]',
    '',
    ...lines,
    '',
    'Saída: 0 feito, 1 recusado, 2 comando não entendido ou configuração com defeito.',
  ].join('\n')
}
