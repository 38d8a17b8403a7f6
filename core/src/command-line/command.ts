import type { Terminal } from './terminal.ts'

/** An option that a command knows beside `--json` and `--help`. */
export interface CommandOption {
  /** What stands for its value in the help, as `TEXTO`; none for an option that is there or not. */
  value?: string
  summary: string
}

/** What was typed behind the command's name. */
export interface CommandInput {
  positionals: readonly string[]
  /** An option's value; undefined when it was not given. */
  readonly value: (option: string) => string | undefined
  /** Whether an option without value was given. */
  readonly has: (option: string) => boolean
}

/** What a command tells: `data` for programs (`--json`), `text` for people, in Portuguese. */
export interface CommandOutcome {
  data: unknown
  text: string
}

/** One command; `Context` is what it works on. */
export interface Command<Context> {
  /** Its name and arguments as the help shows them, without options. */
  usage: string
  summary: string
  positionals: { min: number; max: number }
  options?: Readonly<Record<string, CommandOption>>
  /** More for `--help`: examples, rules. */
  explanation?: string
  run(context: Context, input: CommandInput): Promise<CommandOutcome>
}

/** Commands by name, as `users list`. */
export type Commands<C extends Command<never>> = Readonly<Record<string, C>>

/** The command was understood and can't be done; exit code 1. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  /** What a program is told beside the message. */
  readonly data: Readonly<Record<string, unknown>>

  constructor(message: string, data: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.data = data
  }
}

/** The command was not understood; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export const yesOption = { yes: { summary: 'Não pede confirmação' } }
export const dryRunOption = { 'dry-run': { summary: 'Só mostra o que seria feito' } }

/**
 * Goes on when the administrator agrees: by `--yes`, or when asked at a terminal.
 * @throws RefusedError when nobody agreed
 */
export async function requireConfirmation(
  { terminal }: { terminal: Terminal },
  input: CommandInput,
  question: string,
): Promise<void> {
  if (input.has('yes')) {
    return
  }
  if (terminal.confirm === null) {
    throw new RefusedError(`${question} Confirme com --yes.`)
  }
  if (!(await terminal.confirm(question))) {
    throw new RefusedError('Nada foi feito.')
  }
}

/**
 * A whole number among the options.
 * @throws UsageError when it is no number of that range
 */
export function integerOption(
  input: CommandInput,
  name: string,
  range: { min: number; max: number; default: number },
): number {
  const text = input.value(name)
  if (text === undefined) {
    return range.default
  }
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!(number >= range.min && number <= range.max)) {
    throw new UsageError(`--${name} é um número de ${range.min} a ${range.max}.`)
  }
  return number
}

/** Lines of columns, padded to the widest cell. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
