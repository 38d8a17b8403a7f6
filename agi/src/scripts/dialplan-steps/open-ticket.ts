import { digitPrompts } from '../../prompts/ids.ts'
import type { DialplanStep } from './dialplan-step.ts'
import { audioVariables, noAudio } from './step-audio.ts'

/**
 * `open-ticket`: opens a ticket and gives its protocol, as digits and as audio. The user code comes from a dialplan, so
 * the API is told to take it only from a caller who keyed that user's access code in this very call.
 */
export const openTicket: DialplanStep<'user' | 'service'> = {
  parameters: ['user', 'service'],
  unset: { URA_PROTOCOL: '', ...noAudio },
  run: async (call, { user, service }) => {
    const { callId, signal } = call
    const idempotencyKey = call.nextIdempotencyKey('open-ticket')
    const request = { userCode: user, service, callId, idempotencyKey, requireIdentification: true }
    const ticket = await call.line.waitFor(call.ticketApi.openTicket(request, signal))
    const { protocolo } = ticket
    return { URA_RESULT: 'ok', URA_PROTOCOL: protocolo, ...audioVariables(ticket, digitPrompts(protocolo)) }
  },
}
