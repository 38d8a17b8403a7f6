import { findTicket } from '../../requests/find-ticket.ts'
import { statusPrompts } from '../../steps/ask-ticket.ts'
import type { DialplanStep } from './dialplan-step.ts'
import { audioVariables, noAudio } from './step-audio.ts'

/** `verify-ticket`: the status of the user's own ticket as audio. */
export const verifyTicket: DialplanStep<'user' | 'ticket'> = {
  parameters: ['user', 'ticket'],
  unset: noAudio,
  run: async (call, { user, ticket }) => {
    const found = await findTicket(call, user, ticket)
    return found === null
      ? { URA_RESULT: 'not_found' }
      : { URA_RESULT: 'ok', ...audioVariables(found, [statusPrompts[found.chamado.situacao]]) }
  },
}
