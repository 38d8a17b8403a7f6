import type { TicketReader } from '@ura/core/ticket-api/ticket-reader'
import { sameMobileNumbers } from '../../phone/ninth-digit.ts'
import type { AnswerableMessage, InboundConsumer, InboundDecision } from '../inbound-consumer.ts'
import type { RecentOutcomes } from '../inbound-store.ts'
import { protocolAskedFor } from './protocol-question.ts'
import { helpText, notFoundText, ticketStatusText, unavailableText } from './reply-texts.ts'

/** Questions of one person that are answered within an hour. */
const answersPerHourMax = 20
const helpsPerHourMax = 1

/**
 * Answers "chamado 10017" with the ticket's status, to the person with that number on file who opened it; anything
 * else with a help text, once an hour.
 */
export function createTicketStatusConsumer(options: {
  tickets: TicketReader
  /** IANA zone of the times told to people. */
  timeZone: string
}): InboundConsumer {
  const { tickets, timeZone } = options
  return {
    async consume(message, recent) {
      const protocol = protocolOf(message)
      if (protocol === null) {
        return help(recent)
      }
      if (recent.answered >= answersPerHourMax) {
        return limited
      }
      const numbers = sameMobileNumbers(message.from)
      const codes = (await Promise.all(numbers.map((number) => tickets.userCodesOf(number)))).flat()
      const ticket = codes.length === 0 ? null : await tickets.ticket(protocol)
      const isTheirs = ticket !== null && codes.includes(ticket.userCode)
      return {
        outcome: 'answered',
        reply: isTheirs ? ticketStatusText(ticket, timeZone) : notFoundText(protocol),
      }
    },
    giveUp: (message, recent) =>
      protocolOf(message) === null ? help(recent) : { outcome: 'answered', reply: unavailableText },
  }
}

const limited: InboundDecision = { outcome: 'limited', reply: null }

function protocolOf({ kind, text }: AnswerableMessage): string | null {
  return kind === 'text' && text !== null ? protocolAskedFor(text) : null
}

function help(recent: RecentOutcomes): InboundDecision {
  return recent.helped >= helpsPerHourMax ? limited : { outcome: 'helped', reply: helpText }
}
