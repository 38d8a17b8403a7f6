import type { Call } from '../call/call.ts'

/** Where the dialplan goes when the service has done its part: the value of the channel variable `URA_NEXT`. */
export interface Ending {
  readonly end: 'queue' | 'hangup'
}

export type StepName =
  | 'main-menu'
  | 'registration-code'
  | 'confirm-extension'
  | 'access-code'
  | 'confirm-identity'
  | 'choose-category'
  | 'choose-service'
  | 'open-ticket'
  | 'voice-note'
  | 'after-ticket'
  | 'ask-ticket'
  | 'information'
  | 'technician'
  | 'give-up'
  | 'goodbye'

/** One step of the call: talks to the caller and says what comes next. */
export type Step = (call: Call) => Promise<StepName | Ending>
