import { createTicketReader } from '@ura/core/ticket-api/ticket-reader'
import { InboundDesk, type InboundDeskOptions } from './inbound-desk.ts'
import { createTicketStatusConsumer } from './ticket-status/ticket-status-consumer.ts'

/** One question to the ticket API, asked once: a message that can't be answered is tried again itself. */
const budget = { totalMs: 4_000, attemptMs: 4_000, attemptsMax: 1 }

/** The desk as it is configured: it answers by the ticket API when it has a token for it. */
export function createInboundDesk(
  config: {
    readonly token: string
    readonly queuedMax: number
    readonly retentionDays: number
    readonly timeZone: string
    readonly ticketApiUrl: string
    readonly ticketApiToken: string | undefined
  },
  parts: Pick<InboundDeskOptions, 'store' | 'clock' | 'timers' | 'log' | 'onReply' | 'onCounted'>,
): InboundDesk {
  const { ticketApiUrl: baseUrl, ticketApiToken: clientToken, timeZone } = config
  return new InboundDesk({
    ...parts,
    hashKey: config.token,
    queuedMax: config.queuedMax,
    retentionDays: config.retentionDays,
    consumer:
      clientToken === undefined
        ? null
        : createTicketStatusConsumer({
            tickets: createTicketReader({ baseUrl, clientToken, budget }),
            timeZone,
          }),
  })
}
