import { HelpdeskError } from '@ura/core/errors'
import { prompt } from '../call/sound.ts'
import { personOf } from './person-of.ts'
import type { Step } from './step.ts'

/** Creates the ticket. The idempotency key makes a retry, whoever makes it, the same ticket. */
export const openTicket: Step = async (call) => {
  const { userCode, verified } = personOf(call)
  const { service, callId } = call
  if (service === null || !verified) {
    throw new Error('a ticket needs a verified person and a chosen service')
  }
  const idempotencyKey = call.nextIdempotencyKey('open-ticket')
  try {
    const ticket = await call.line.waitFor(
      call.ticketApi.openTicket({ userCode, service: service.codigo, callId, idempotencyKey }, call.signal),
    )
    call.ticket = { protocol: ticket.protocolo, url: ticket.url }
    call.recorder.opened(ticket.protocolo)
    return 'after-ticket'
  } catch (error) {
    if (error instanceof HelpdeskError && error.code === 'SERVICO_INEXISTENTE') {
      // An administrator took the service away while the caller listened to the menu.
      await call.line.say(prompt('invalid-option'))
      return 'choose-category'
    }
    throw error
  }
}
