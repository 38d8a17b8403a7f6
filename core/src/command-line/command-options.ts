import { parseArgs } from 'node:util'
import { type Command, type CommandInput, type Commands, UsageError } from './command.ts'

/** A command as it was typed, or the name of what help was asked for: a command, a group, or nothing. */
export type TypedCommand<C extends Command<never>> =
  | { kind: 'run'; command: C; input: CommandInput; json: boolean }
  | { kind: 'help'; name: string }

const commonOptions = { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } } as const

/**
 * Reads what was typed: `GROUP COMMAND ARGUMENTS --options`, options anywhere.
 * @throws UsageError for an unknown command or option, or too few or many arguments
 */
export function parseTyped<C extends Command<never>>(
  commands: Commands<C>,
  typed: readonly string[],
): TypedCommand<C> {
  const words = commandWords(commands, typed)
  const name = words.slice(0, 2).join(' ')
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  const isHelp = typed.some((word) => word === '--help' || word === '-h')
  if (typed.length === 0 || isHelp || (words.length === 1 && isGroup(commands, name))) {
    if (name !== '' && command === undefined && !isGroup(commands, words[0] ?? '')) {
      throw new UsageError(`Comando desconhecido: ${name}`)
    }
    return { kind: 'help', name: command === undefined ? (words[0] ?? '') : name }
  }
  if (command === undefined) {
    throw new UsageError(name === '' ? 'Opção desconhecida ou sem comando.' : `Comando desconhecido: ${name}`)
  }
  const { values, positionals } = parseWith(command, typed)
  const rest = positionals.slice(2)
  const { min, max } = command.positionals
  if (rest.length < min || rest.length > max) {
    throw new UsageError(`Uso: ${command.usage}`)
  }
  const input: CommandInput = {
    positionals: rest,
    value: (option) => (typeof values[option] === 'string' ? values[option] : undefined),
    has: (option) => values[option] === true,
  }
  return { kind: 'run', command, input, json: values['json'] === true }
}

/** Whether some command's name begins with that word. */
function isGroup(commands: Commands<Command<never>>, word: string): boolean {
  return Object.keys(commands).some((name) => name.startsWith(`${word} `))
}

/** What was typed without options and, as far as any command knows them, their values. */
function commandWords(commands: Commands<Command<never>>, typed: readonly string[]): string[] {
  const all = Object.assign(
    {},
    ...Object.values(commands).map(({ options }) => options),
  ) as Command<never>['options']
  return parseArgs({
    args: [...typed],
    allowPositionals: true,
    strict: false,
    options: { ...commonOptions, ...parseOptions(all) },
  }).positionals
}

function parseWith(
  command: Command<never>,
  typed: readonly string[],
): { values: Readonly<Record<string, string | boolean | undefined>>; positionals: string[] } {
  try {
    return parseArgs({
      args: [...typed],
      allowPositionals: true,
      options: { ...commonOptions, ...parseOptions(command.options) },
    })
  } catch (error) {
    throw new UsageError(`Opção desconhecida ou sem valor. Uso: ${command.usage}`, { cause: error })
  }
}

function parseOptions(
  options: Command<never>['options'] = {},
): Record<string, { type: 'string' | 'boolean' }> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { value }]) => [
      name,
      { type: value === undefined ? 'boolean' : 'string' },
    ]),
  )
}
