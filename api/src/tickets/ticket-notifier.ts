import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import type { Database } from '../database/schema.ts'
import { type MessageGateway, MessageNotAcceptedError, type TextMessage } from '../gateway/message-gateway.ts'
import { protocolOf } from './protocol.ts'
import { findOwedNotices, settleNotice, type TicketNotice } from './ticket-notice.ts'
import { ticketChangedMessage, ticketOpenedMessage } from './ticket-text.ts'

/**
 * Tells requesters of their tickets by WhatsApp or e-mail, in the background: a ticket is as it is whether or not
 * anybody could be told. What the gateway has not taken is owed in the database for a day; the gateway sends one key
 * once, so repeats do no harm.
 */
export interface TicketNotifier {
  /** Tries once to hand over what has just come about by that request. */
  tell(notice: TicketNotice, requestId?: string): void
  /** Tries again what is owed, oldest first, at most 100; stops when the gateway is away. */
  resend(): Promise<void>
  /** Begins no other message and waits for those under way. */
  close(): Promise<void>
}

const messagesMax = 1_000
const resentMax = 100
const owedMs = 24 * 3_600_000

/** For so long the protocol is an answer to the call that asked for it; later it is news like any other. */
const answerMs = 10 * 60_000

export function createTicketNotifier(options: {
  db: Database
  clock: Clock
  gateway: Pick<MessageGateway, 'sendText'>
  log: Logger
  onResult: (result: 'sent' | 'failed') => void
}): TicketNotifier {
  const { db, clock, gateway, log, onResult } = options
  const closing = new AbortController()
  const underway = new Set<Promise<void>>()

  /** Hands over one message and keeps that it is settled; gives what the gateway had against it. */
  async function send(notice: TicketNotice, requestId?: string): Promise<MessageNotAcceptedError | null> {
    try {
      await gateway.sendText({ ...messageOf(notice, clock.now()), requestId })
    } catch (error) {
      if (!(error instanceof MessageNotAcceptedError)) {
        throw error
      }
      if (!error.isKeyKnown) {
        const { reason, isFinal } = error
        const [protocol, { status }] = [protocolOf(notice.ticketId), notice]
        onResult('failed')
        log.warn(
          { protocol, status, reason, isFinal, requestId },
          'ticket notice was not accepted by the gateway',
        )
        if (isFinal) {
          await settleNotice(db, notice)
        }
        return error
      }
      // An earlier try got there after all, in other words or with another urgency.
    }
    onResult('sent')
    await settleNotice(db, notice)
    return null
  }

  return {
    tell(notice, requestId) {
      if (underway.size >= messagesMax || closing.signal.aborted) {
        return
      }
      const { ticketId } = notice
      const work = send(notice, requestId)
        .then(
          () => undefined,
          (error: unknown) => log.warn({ err: error, ticketId, requestId }, 'ticket notice is still owed'),
        )
        .finally(() => underway.delete(work))
      underway.add(work)
    },
    async resend() {
      const since = new Date(clock.now().getTime() - owedMs)
      for (const { addresses, ...notice } of await findOwedNotices(db, { since, max: resentMax })) {
        if (closing.signal.aborted) {
          return
        }
        if (addresses === null) {
          await settleNotice(db, notice)
        } else if ((await send({ ...notice, addresses }))?.isGatewayAway === true) {
          return
        }
      }
    },
    async close() {
      closing.abort()
      await Promise.all(underway)
    },
  }
}

/**
 * A notice as the gateway is to send it. The opening has no topic, so that no change takes its place; and a caller who
 * has just heard that the protocol was sent gets it now, at night too.
 */
function messageOf(notice: TicketNotice, now: Date): TextMessage {
  const { ticketId, eventId, status, service, addresses } = notice
  const protocol = protocolOf(ticketId)
  if (eventId === null) {
    const isAnswer = notice.isPromised && now.getTime() - notice.at.getTime() < answerMs
    return {
      ...addresses,
      text: ticketOpenedMessage({ protocol, service }),
      idempotencyKey: `ticket-opened-${protocol}`,
      ...(isAnswer ? {} : { purpose: 'notice' }),
    }
  }
  return {
    ...addresses,
    text: ticketChangedMessage({ protocol, service, status }),
    idempotencyKey: `ticket-event-${eventId}`,
    purpose: 'notice',
    topic: `ticket-${protocol}`,
  }
}
