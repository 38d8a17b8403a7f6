import type { Logger } from '@ura/core/logger'
import type { OfficeHours } from '../../call/office-hours.ts'
import type { Requesting } from '../../requests/requesting.ts'
import type { ArgumentName } from './step-arguments.ts'
import type { StepResult } from './step-result.ts'

/** What a step works with: one call of its script. */
export interface StepCall extends Requesting {
  readonly officeHours: OfficeHours
  readonly log: Logger
}

/** How a step ends: the channel variables that the dialplan reads. */
export type StepOutcome = { URA_RESULT: StepResult } & Readonly<Record<string, string>>

/** A part of the call flow that a dialplan of the administrator's own asks for: one FastAGI script. */
export interface DialplanStep<N extends ArgumentName = ArgumentName> {
  /** In the order of agi_arg_1, agi_arg_2, …; all are needed. */
  readonly parameters: readonly N[]
  /** The other variables it sets, with what they are unless it ends well: nothing stays of an earlier step. */
  readonly unset: Readonly<Record<string, string>>
  /**
   * Does it.
   * @throws HelpdeskError for what the API refuses or doesn't answer: see `resultOfFailure`
   */
  run(call: StepCall, values: Readonly<Record<N, string>>): Promise<StepOutcome>
}
