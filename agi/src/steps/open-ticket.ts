import { HelpdeskError } from '@ura/core/errors'
import type { OpenTicketAnswer } from '@ura/core/ticket-api/schemas'
import type { Call } from '../call/call.ts'
import { prompt } from '../call/sound.ts'
import { isRefusal } from '../spool/refusal.ts'
import type { TicketRequest } from '../spool/spooled-request.ts'
import { personOf } from './person-of.ts'
import type { Step } from './step.ts'

/** A caller who hangs up now has made the choice: the answer is waited for so long, so that the record has it. */
const afterHangupMs = 700

/** What became of the request. */
type Opening = { kind: 'opened'; ticket: OpenTicketAnswer } | { kind: 'registered' }

/**
 * Creates the ticket. The idempotency key makes a retry, whoever makes it, the same ticket. What the API can't take is
 * spooled on this host before the caller is told that it is registered, also when they have hung up by then: the choice
 * was made.
 */
export const openTicket: Step = async (call) => {
  const { userCode, verified } = personOf(call)
  const { service, callId } = call
  if (service === null || !verified) {
    throw new Error('a ticket needs a verified person and a chosen service')
  }
  const idempotencyKey = call.nextIdempotencyKey('open-ticket')
  const request = { userCode, service: service.codigo, callId, idempotencyKey }
  const opening = openOrSpool(call, request)
  call.ticketUnderWay = Promise.allSettled([opening])
  try {
    const opened = await call.line.waitFor(opening)
    call.ticketRequest = request
    call.ticket = opened.kind === 'registered' ? null : spokenTicket(opened.ticket)
    return call.voiceRecorder === null ? 'after-ticket' : 'voice-note'
  } catch (error) {
    if (error instanceof HelpdeskError && error.code === 'SERVICO_INEXISTENTE') {
      // An administrator took the service away while the caller listened to the menu.
      call.service = null
      await call.line.say(prompt('invalid-option'))
      return 'choose-category'
    }
    throw error
  }
}

function spokenTicket(answer: OpenTicketAnswer): Call['ticket'] {
  // An API that does not say how the notice goes is one that knows WhatsApp only.
  const { protocolo: protocol, url, aviso: sentBy = 'whatsapp' } = answer
  return { protocol, url, sentBy }
}

/** In the call's record as soon as it is there, whether or not the caller still is. */
async function openOrSpool(call: Call, request: TicketRequest): Promise<Opening> {
  try {
    const ticket = await call.ticketApi.openTicket(request, abortedLater(call.signal, afterHangupMs))
    call.recorder.opened(ticket.protocolo)
    return { kind: 'opened', ticket }
  } catch (error) {
    if (isRefusal(error)) {
      throw error
    }
    try {
      await call.spool({ kind: 'ticket', ticket: request })
    } catch (fault) {
      call.log.error({ err: fault }, 'a ticket request could not be spooled')
      throw error
    }
    call.recorder.registered(request)
    call.log.warn({ err: error }, 'the API did not take a ticket request: spooled')
    return { kind: 'registered' }
  }
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
