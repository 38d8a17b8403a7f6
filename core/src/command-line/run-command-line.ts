import { ConfigurationError } from '../configuration.ts'
import { StartupError } from '../service.ts'
import { type Command, type CommandOutcome, type Commands, RefusedError, UsageError } from './command.ts'
import { parseTyped, type TypedCommand } from './command-options.ts'
import { helpText } from './help-text.ts'

/** A program of commands that an administrator types. */
export interface CommandLineProgram<C extends Command<never>> {
  /** What is typed before a command, as `npm run admin --`. */
  name: string
  commands: Commands<C>
  /** What was typed, without the program's name. */
  arguments: readonly string[]
  perform: (typed: Extract<TypedCommand<C>, { kind: 'run' }>) => Promise<CommandOutcome>
  print: (text: string) => void
  printError: (text: string) => void
}

/**
 * Runs one administrator's command and gives the exit code: 0 done, 1 refused, 2 not understood or not set up. An error
 * that nobody foresaw goes on to the caller.
 */
export async function runCommandLine<C extends Command<never>>(
  program: CommandLineProgram<C>,
): Promise<0 | 1 | 2> {
  try {
    const typed = parseTyped(program.commands, program.arguments)
    if (typed.kind === 'help') {
      program.print(helpText(program.name, program.commands, typed.name))
    } else {
      const { data, text } = await program.perform(typed)
      program.print(typed.json ? JSON.stringify(data) : text)
    }
    return 0
  } catch (error) {
    const told = describeFault(error)
    program.printError(
      program.arguments.includes('--json')
        ? JSON.stringify({ error: told.message, ...told.data })
        : told.message,
    )
    return told.exitCode
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
