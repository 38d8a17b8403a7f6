import { Type } from 'typebox'
import { HelpdeskError } from '../errors.ts'
import { TicketStatus } from './schemas.ts'
import { answerOf, createTransport, present, type TicketApiClientOptions } from './transport.ts'

/** What a program with the role `read` sees of a ticket. */
export interface ReadTicket {
  readonly protocol: string
  readonly status: TicketStatus
  /** Registration code of the person who opened it. */
  readonly userCode: string
  readonly serviceName: string
  readonly statusSince: Date
}

/** Reads of `/api/v1`. Every method rejects with a `HelpdeskError`, as those of `TicketApi`. */
export interface TicketReader {
  /** Registration codes of the active people with this WhatsApp number (E.164) on file. */
  userCodesOf(whatsapp: string): Promise<string[]>
  /** Null when no ticket has this protocol number. */
  ticket(protocol: string): Promise<ReadTicket | null>
}

// Only what is used is checked: a program must bear new fields.
const usersAnswer = answerOf(
  Type.Object({ items: Type.Array(Type.Object({ code: Type.String(), active: Type.Boolean() })) }),
)
const ticketAnswer = answerOf(
  Type.Object({
    protocol: Type.String(),
    status: TicketStatus,
    user: Type.Object({ code: Type.String() }),
    service: Type.Object({ name: Type.String() }),
    statusSince: Type.String(),
  }),
)

/** The client of those reads; its token needs the role `read`. */
export function createTicketReader(options: TicketApiClientOptions): TicketReader {
  const transport = createTransport(options)
  return {
    async userCodesOf(whatsapp) {
      const path = `v1/users?whatsapp=${encodeURIComponent(whatsapp)}&limit=100`
      const request = { method: 'GET', path, answer: usersAnswer, signal: undefined } as const
      const { items } = present(await transport(request))
      return items.filter(({ active }) => active).map(({ code }) => code)
    },
    async ticket(protocol) {
      const path = `v1/tickets/${encodeURIComponent(protocol)}`
      try {
        const found = present(
          await transport({ method: 'GET', path, answer: ticketAnswer, signal: undefined }),
        )
        return {
          protocol: found.protocol,
          status: found.status,
          userCode: found.user.code,
          serviceName: found.service.name,
          statusSince: new Date(found.statusSince),
        }
      } catch (error) {
        if (error instanceof HelpdeskError && error.code === 'CHAMADO_NAO_ENCONTRADO') {
          return null
        }
        throw error
      }
    },
  }
}
