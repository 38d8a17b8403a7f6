import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from '@ura/core/logger'
import type { MessageGateway } from '../gateway/message-gateway.ts'
import { MessageNotAcceptedError } from '../gateway/message-gateway.ts'
import { ticketOpenedMessage } from './ticket-text.ts'

/** Tells requesters by WhatsApp, in the background: a ticket is open whether or not anybody could be told. */
export interface TicketNotifier {
  ticketOpened(ticket: { phone: string; protocol: string; service: string }): void
  /** Gives up waiting messages and waits for those under way. */
  close(): Promise<void>
}

const messagesMax = 1_000

export function createTicketNotifier(options: {
  gateway: Pick<MessageGateway, 'sendText'>
  log: Logger
  onResult: (result: 'sent' | 'failed') => void
  /** Pauses before each further try; default 2 s, 10 s, 30 s. */
  retryPausesMs?: readonly number[]
}): TicketNotifier {
  const { gateway, log, onResult, retryPausesMs = [2_000, 10_000, 30_000] } = options
  const closing = new AbortController()
  const underway = new Set<Promise<void>>()

  async function send(ticket: { phone: string; protocol: string; service: string }): Promise<void> {
    const message = {
      phone: ticket.phone,
      text: ticketOpenedMessage(ticket),
      idempotencyKey: `ticket-opened-${ticket.protocol}`,
    }
    for (const pauseMs of [...retryPausesMs, null]) {
      try {
        await gateway.sendText(message)
        onResult('sent')
        return
      } catch (error) {
        const reason = error instanceof MessageNotAcceptedError ? error.reason : 'unexpected'
        if (pauseMs === null || closing.signal.aborted || isFinal(reason)) {
          onResult('failed')
          log.warn({ protocol: ticket.protocol, reason }, 'protocol message was not accepted by the gateway')
          return
        }
        await pause(pauseMs, undefined, { signal: closing.signal }).catch(() => undefined)
      }
    }
  }

  return {
    ticketOpened(ticket) {
      if (underway.size >= messagesMax || closing.signal.aborted) {
        onResult('failed')
        log.warn({ protocol: ticket.protocol }, 'protocol message dropped: too many are waiting')
        return
      }
      const work = send(ticket).finally(() => underway.delete(work))
      underway.add(work)
    },
    async close() {
      closing.abort()
      await Promise.all(underway)
    },
  }
}

/** A refusal of this very message: the same again would be refused again. */
function isFinal(reason: string): boolean {
  return /^http_4(?!29)/.test(reason)
}
