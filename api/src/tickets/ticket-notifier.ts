import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import type { Database } from '../database/schema.ts'
import type { MessageGateway } from '../gateway/message-gateway.ts'
import { MessageNotAcceptedError } from '../gateway/message-gateway.ts'
import { protocolOf } from './protocol.ts'
import { findUnnotifiedTickets, markNotified, type UnnotifiedTicket } from './ticket-repository.ts'
import { ticketOpenedMessage } from './ticket-text.ts'

/**
 * Tells requesters by WhatsApp, in the background: a ticket is open whether or not anybody could be told. What the
 * gateway has not taken is owed in the database for a day; the gateway sends one key once, so repeats do no harm.
 */
export interface TicketNotifier {
  /** Tries once to hand over the message of a ticket just opened by that request. */
  ticketOpened(ticket: UnnotifiedTicket, requestId?: string): void
  /** Tries again what is owed, oldest first, at most 100; stops when the gateway is away. */
  resend(): Promise<void>
  /** Begins no other message and waits for those under way. */
  close(): Promise<void>
}

const messagesMax = 1_000
const resentMax = 100
const owedMs = 24 * 3_600_000

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
  async function send(
    { id, phone, service }: UnnotifiedTicket,
    requestId?: string,
  ): Promise<MessageNotAcceptedError | null> {
    const protocol = protocolOf(id)
    try {
      await gateway.sendText({
        phone,
        text: ticketOpenedMessage({ protocol, service }),
        idempotencyKey: `ticket-opened-${protocol}`,
        requestId,
      })
    } catch (error) {
      if (!(error instanceof MessageNotAcceptedError)) {
        throw error
      }
      const { reason, isFinal } = error
      onResult('failed')
      log.warn({ protocol, reason, isFinal, requestId }, 'protocol message was not accepted by the gateway')
      if (isFinal) {
        await markNotified(db, id, clock.now())
      }
      return error
    }
    onResult('sent')
    await markNotified(db, id, clock.now())
    return null
  }

  return {
    ticketOpened(ticket, requestId) {
      if (underway.size >= messagesMax || closing.signal.aborted) {
        return
      }
      const work = send(ticket, requestId)
        .then(
          () => undefined,
          (error: unknown) =>
            log.warn({ err: error, ticketId: ticket.id, requestId }, 'protocol message is still owed'),
        )
        .finally(() => underway.delete(work))
      underway.add(work)
    },
    async resend() {
      const since = new Date(clock.now().getTime() - owedMs)
      for (const ticket of await findUnnotifiedTickets(db, { since, max: resentMax })) {
        if (closing.signal.aborted || (await send(ticket))?.isGatewayAway === true) {
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
