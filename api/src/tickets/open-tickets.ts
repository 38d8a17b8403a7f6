import { HelpdeskError } from '@ura/core/errors'
import { type AuditSource, recordAudit } from '../audit/audit-log.ts'
import { supersedeCallbacks } from '../callbacks/callback-repository.ts'
import { findOfferedServices, type OfferedService } from '../catalogue/catalogue-repository.ts'
import type { Database } from '../database/schema.ts'
import { type IdempotentRequest, keepAnswers, readKeptAnswers } from '../idempotency/idempotency.ts'
import type { KeyedHash } from '../keyed-hash.ts'
import { findActiveUsers, type User } from '../users/user-repository.ts'
import { protocolOf } from './protocol.ts'
import { addStatusEvents } from './ticket-event-repository.ts'
import { addTickets, type TicketOrigin, type UnnotifiedTicket } from './ticket-repository.ts'

/** Somebody asks for a ticket. */
export interface OpenTicketRequest {
  userCode: string
  /** Stable service code or keypad form. */
  service: string
  callId: string | null
  origin: TicketOrigin
  source: AuditSource
  idempotent: Omit<IdempotentRequest, 'now'>
  /** What the request calls the two fields that may be refused. */
  fields: { user: string; service: string }
}

/** What is kept for an idempotency key. */
interface TicketAnswer {
  id: number
  protocol: string
}

/** A ticket opened by this request, or (`replayed`) by an earlier one with the same key. */
export interface OpenedTicket extends TicketAnswer {
  replayed: boolean
  /** What its requester is to be told by WhatsApp; null when that was done before or they have none. */
  notice: UnnotifiedTicket | null
}

/** A ticket that nothing is in the way of. */
interface Opening {
  request: OpenTicketRequest
  idempotent: IdempotentRequest
  user: User
  service: OfferedService
}

interface Transaction {
  trx: Database
  keyedHash: KeyedHash
  now: Date
}

/**
 * Opens tickets inside one transaction, by as many statements as one would take. Gives for each request, in their
 * order, its ticket or why it is refused: USUARIO_NAO_ENCONTRADO, SERVICO_INEXISTENTE, CHAVE_REUTILIZADA.
 * @throws the driver's unique violation when two have one key, or another transaction was first with one
 */
export async function openTickets(
  transaction: Transaction,
  requests: readonly OpenTicketRequest[],
): Promise<(OpenedTicket | HelpdeskError)[]> {
  const decisions = await decide(transaction, requests)
  const openings = decisions.filter((decision) => 'service' in decision)
  const opened = await addOpenings(transaction, openings)
  return decisions.flatMap((decision) => ('service' in decision ? (opened.get(decision) ?? []) : decision))
}

async function decide(
  { trx, keyedHash, now }: Transaction,
  requests: readonly OpenTicketRequest[],
): Promise<(Opening | OpenedTicket | HelpdeskError)[]> {
  const keyed = requests.map((request) => ({ request, idempotent: { ...request.idempotent, now } }))
  const kept = await readKeptAnswers<TicketAnswer>(
    { db: trx, keyedHash },
    keyed.map(({ idempotent }) => idempotent),
  )
  const users = await findActiveUsers(
    trx,
    requests.map(({ userCode }) => userCode),
  )
  const services = await findOfferedServices(
    trx,
    requests.map(({ service }) => service),
  )
  return keyed.map(({ request, idempotent }) => {
    const user = users.get(request.userCode)
    if (user === undefined) {
      return new HelpdeskError('USUARIO_NAO_ENCONTRADO', { field: request.fields.user })
    }
    const earlier = kept.find(idempotent)
    if (earlier !== null) {
      return earlier instanceof HelpdeskError ? earlier : { ...earlier, replayed: true, notice: null }
    }
    const service = services.get(request.service)
    if (service === undefined) {
      return new HelpdeskError('SERVICO_INEXISTENTE', { field: request.fields.service })
    }
    return { request, idempotent, user, service }
  })
}

/** Adds the tickets with their first events, audit rows and keys. */
async function addOpenings(
  { trx, keyedHash, now }: Transaction,
  openings: readonly Opening[],
): Promise<Map<Opening, OpenedTicket>> {
  const ids = await addTickets(
    trx,
    openings.map(({ request: { origin, callId }, user, service }) => {
      return { userId: user.id, serviceId: service.id, origin, callId, now }
    }),
  )
  const added = openings.flatMap((opening, index) => {
    const id = ids[index]
    return id === undefined ? [] : { ...opening, opening, answer: { id, protocol: protocolOf(id) } }
  })
  await supersedeCallbacks(
    trx,
    added.map(({ user }) => user.code),
  )
  await addStatusEvents(
    trx,
    ...added.map(({ request, answer }) => {
      return { ticketId: answer.id, at: now, actor: request.source.actor, from: null, to: 'aberto' } as const
    }),
  )
  await recordAudit(
    trx,
    ...added.map(({ request: { source, userCode, origin }, service, answer: { protocol } }) => {
      const detail = { protocol, service: service.code, origin }
      return { event: 'ticket_opened', source, at: now, userCode, detail } as const
    }),
  )
  await keepAnswers(
    { trx, keyedHash },
    added.map(({ idempotent, answer }) => ({ request: idempotent, answer })),
  )
  return new Map(
    added.map(({ opening, answer, user, service }) => {
      const { whatsapp } = user
      const notice = whatsapp === null ? null : { id: answer.id, phone: whatsapp, service: service.name }
      return [opening, { ...answer, replayed: false, notice }]
    }),
  )
}
