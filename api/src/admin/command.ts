import type { Clock } from '@ura/core/clock'
import type { Command as AnyCommand } from '@ura/core/command-line/command'
import type { Terminal } from '@ura/core/command-line/terminal'
import type { StorageConfiguration } from '../config.ts'
import type { Database } from '../database/schema.ts'

export {
  type CommandInput,
  type CommandOutcome,
  dryRunOption,
  formatTable,
  integerOption,
  RefusedError,
  requireConfirmation,
  UsageError,
  yesOption,
} from '@ura/core/command-line/command'

/** What an administrator's command works on. */
export interface AdminContext {
  db: Database
  config: StorageConfiguration
  clock: Clock
  now: Date
  /** For the audit log, as `admin:maria`. */
  actor: string
  terminal: Terminal
}

export interface Command extends AnyCommand<AdminContext> {
  /** Default `current`: refused on a database that is older or newer than the program; `any` for migrations. */
  schema?: 'current' | 'any'
}

/** Commands by name, as `users list`. */
export type Commands = Readonly<Record<string, Command>>
