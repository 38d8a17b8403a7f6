import type { Call, Person } from '../call/call.ts'

/** The person of a step that only follows the registration code. */
export function personOf(call: Call): Person {
  if (call.person === null) {
    throw new Error(`the step ${call.recorder.lastStep} needs a registration code, and none was keyed`)
  }
  return call.person
}
