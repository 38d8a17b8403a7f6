import { HelpdeskError } from '@ura/core/errors'
import { type AuditSource, recordAudit } from '../audit/audit-log.ts'
import { findIdentified } from '../access-codes/access-code-repository.ts'
import { supersedeCallbacks } from '../callbacks/callback-repository.ts'
import { findOfferedServices, type OfferedService } from '../catalogue/catalogue-repository.ts'
import type { Database } from '../database/schema.ts'
import { firstChannel, type MessageChannel } from '../gateway/message-gateway.ts'
import { type IdempotentRequest, keepAnswers, readKeptAnswers } from '../idempotency/idempotency.ts'
import type { KeyedHash } from '../keyed-hash.ts'
import { findActiveUsers, type User } from '../users/user-repository.ts'
import { protocolOf } from './protocol.ts'
import { addStatusEvents } from './ticket-event-repository.ts'
import { isPromised, noticeAddresses, type TicketNotice } from './ticket-notice.ts'
import { addTickets, type TicketOrigin } from './ticket-repository.ts'

/** No call lasts longer than this; after it the identification in a call counts for nothing. */
const identifiedMsMax = 3_600_000

/** Somebody asks for a ticket. */
export interface OpenTicketRequest {
  userCode: string
  /** Stable service code or keypad form. */
  service: string
  callId: string | null
  origin: TicketOrigin
  /** Only when an access code of the user was verified in this very call; default: whoever the client names. */
  requiresIdentification?: boolean
  source: AuditSource
  idempotent: Omit<IdempotentRequest, 'now'>
  /** What the request calls the two fields that may be refused. */
  fields: { user: string; service: string }
}

/** What is kept for an idempotency key. */
interface TicketAnswer {
  id: number
  protocol: string
  /** The way that the protocol takes to its requester first; null when they aren't told. */
  channel: MessageChannel | null
}

/** A ticket opened by this request, or (`replayed`) by an earlier one with the same key. */
export interface OpenedTicket extends TicketAnswer {
  replayed: boolean
  /** What its requester is to be told; null when that was done before, they want no notices or have no address. */
  notice: TicketNotice | null
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
 * order, its ticket or why it is refused: USUARIO_NAO_ENCONTRADO, USUARIO_NAO_IDENTIFICADO, SERVICO_INEXISTENTE,
 * CHAVE_REUTILIZADA.
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
  const kept = await readKeptAnswers<Omit<TicketAnswer, 'channel'> & Partial<TicketAnswer>>(
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
  const strangers = await findStrangers(trx, { requests, users, now })
  return keyed.map(({ request, idempotent }) => {
    const user = users.get(request.userCode)
    if (strangers.has(request)) {
      return new HelpdeskError('USUARIO_NAO_IDENTIFICADO', { field: request.fields.user })
    }
    if (user === undefined) {
      return new HelpdeskError('USUARIO_NAO_ENCONTRADO', { field: request.fields.user })
    }
    const earlier = kept.find(idempotent)
    if (earlier !== null) {
      return earlier instanceof HelpdeskError
        ? earlier
        : { ...earlier, channel: earlier.channel ?? null, replayed: true, notice: null }
    }
    const service = services.get(request.service)
    if (service === undefined) {
      return new HelpdeskError('SERVICO_INEXISTENTE', { field: request.fields.service })
    }
    return { request, idempotent, user, service }
  })
}

/** Requests that need an identified caller and have none: they learn nothing else, not even whether the user exists. */
async function findStrangers(
  trx: Database,
  { requests, users, now }: { requests: readonly OpenTicketRequest[]; users: Map<string, User>; now: Date },
): Promise<Set<OpenTicketRequest>> {
  const strict = requests.filter(({ requiresIdentification }) => requiresIdentification === true)
  const callers = strict.flatMap((request) => {
    const user = users.get(request.userCode)
    return user === undefined || request.callId === null
      ? []
      : { request, userId: user.id, callId: request.callId }
  })
  const since = new Date(now.getTime() - identifiedMsMax)
  const identified = new Set([...(await findIdentified(trx, callers, since))].map(({ request }) => request))
  return new Set(strict.filter((request) => !identified.has(request)))
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
    if (id === undefined) {
      return []
    }
    const addresses = noticeAddresses(opening.user)
    const channel = addresses === null ? null : firstChannel(addresses)
    return { ...opening, opening, addresses, answer: { id, protocol: protocolOf(id), channel } }
  })
  await supersedeCallbacks(
    trx,
    added.map(({ user }) => user.code),
  )
  await addStatusEvents(
    trx,
    ...added.map(({ request, addresses, answer }) => {
      const opening = { ticketId: answer.id, at: now, actor: request.source.actor } as const
      return { ...opening, from: null, to: 'aberto' as const, isNoticeOwed: addresses !== null }
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
    added.map(({ opening, answer, addresses, request, service }) => {
      const opened = { ticketId: answer.id, eventId: null, status: 'aberto', at: now } as const
      const told = { ...opened, service: service.name, isPromised: isPromised(request) }
      const notice = addresses === null ? null : { ...told, addresses }
      return [opening, { ...answer, replayed: false, notice }]
    }),
  )
}
