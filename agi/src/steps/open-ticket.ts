import { HelpdeskError } from '@ura/core/errors'
import type { OpenTicketAnswer } from '@ura/core/ticket-api/schemas'
import type { Call } from '../call/call.ts'
import { prompt } from '../call/sound.ts'
import { personOf } from './person-of.ts'
import type { Step } from './step.ts'

/** A caller who hangs up now has made the choice: the answer is waited for so long, so that the record has it. */
const afterHangupMs = 700

/** Creates the ticket. The idempotency key makes a retry, whoever makes it, the same ticket. */
export const openTicket: Step = async (call) => {
  const { userCode, verified } = personOf(call)
  const { service, callId } = call
  if (service === null || !verified) {
    throw new Error('a ticket needs a verified person and a chosen service')
  }
  const idempotencyKey = call.nextIdempotencyKey('open-ticket')
  const request = { userCode, service: service.codigo, callId, idempotencyKey }
  const opening = call.ticketApi.openTicket(request, abortedLater(call.signal, afterHangupMs))
  try {
    const ticket = await call.line.waitFor(recorded(call, opening))
    const { protocolo: protocol, url, aviso: sentBy = 'whatsapp' } = ticket
    call.ticket = { protocol, url, sentBy }
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

/** The answer, in the call's record as soon as it is there, whether or not the caller still is. */
function recorded(call: Call, opening: Promise<OpenTicketAnswer>): Promise<OpenTicketAnswer> {
  const noted = opening.then((ticket) => {
    call.recorder.opened(ticket.protocolo)
    return ticket
  })
  call.ticketUnderWay = Promise.allSettled([noted])
  return noted
}

function abortedLater(signal: AbortSignal, delayMs: number): AbortSignal {
  const later = new AbortController()
  const abort = (): void => void setTimeout(() => later.abort(signal.reason), delayMs)
  if (signal.aborted) {
    abort()
  } else {
    signal.addEventListener('abort', abort, { once: true })
  }
  return later.signal
}
