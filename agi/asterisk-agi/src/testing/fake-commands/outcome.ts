import type { Ending } from '../channel-waits.ts'
import type { CommandOutcome } from './command.ts'

/** Asterisk's usage texts come from its documentation; the form is what matters. */
export const USAGE = [
  '520-Invalid command syntax.  Proper usage follows:',
  'Usage: see "agi show commands topic" on the console of Asterisk.',
  '520 End of proper usage.',
  '',
].join('\n')

/** `200 result=…`, with what follows the code. */
export function result(code: number | string, suffix = ''): CommandOutcome {
  return { reply: `200 result=${code}${suffix}\n` }
}

/** `200 result=1 (…)`. */
export function value(text: string): CommandOutcome {
  return { reply: `200 result=1 (${text})\n` }
}

/** A reply that counts as RESULT_FAILURE. */
export function failure(code: number, suffix = ''): CommandOutcome {
  return { ...result(code, suffix), isFailure: true }
}

/** The 520 block. */
export function usage(): CommandOutcome {
  return { reply: USAGE }
}

/** A playback's or wait's ending as most commands answer it: 0, the key's code, or -1. */
export function keyed(ending: Ending, suffix = ''): CommandOutcome {
  switch (ending.kind) {
    case 'done':
      return result(0, suffix)
    case 'key':
      return result(ending.key.charCodeAt(0), suffix)
    case 'hangup':
      return failure(-1, suffix)
    case 'input':
      return { reply: null }
    default:
      return ending satisfies never
  }
}
