import type { StorageConfiguration } from '../config.ts'
import type { Database } from '../database/schema.ts'

/** What an administrator's command works on. */
export interface AdminContext {
  db: Database
  config: StorageConfiguration
  now: Date
  /** For the audit log, as `admin:maria`. */
  actor: string
}

/** What was typed behind the command's name. */
export interface CommandInput {
  positionals: readonly string[]
  options: { readonly networks?: string | undefined; readonly reason?: string | undefined }
}

/** What a command tells: `data` for programs (`--json`), `text` for people, in Portuguese. */
export interface CommandOutcome {
  data: unknown
  text: string
}

export interface Command {
  /** Its name and arguments as the help shows them. */
  usage: string
  summary: string
  positionals: { min: number; max: number }
  /** Options it knows beside `--json` and `--help`. */
  options: readonly (keyof CommandInput['options'])[]
  run(context: AdminContext, input: CommandInput): Promise<CommandOutcome>
}

/** The command was understood and can't be done; exit code 1. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
}

/** The command was not understood; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Lines of columns, padded to the widest cell. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
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
