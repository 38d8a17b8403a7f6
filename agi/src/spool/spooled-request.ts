import { CallRecord, CallId, IdempotencyKey, UserCode } from '@ura/core/ticket-api/schemas'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'

const strict = { additionalProperties: false } as const

/** A ticket as the call asked for it: nothing of the person but the registration code. */
const TicketRequest = Type.Object(
  {
    userCode: UserCode,
    service: Type.String({ minLength: 1, maxLength: 64 }),
    callId: CallId,
    idempotencyKey: IdempotencyKey,
  },
  strict,
)

/** Base64 of a WAV file of 61 s: 16-bit mono samples, 8,000 a second. */
const audioCharactersMax = 1_302_000

/** What a caller said about a ticket, which is asked for again where its protocol was not known. */
const VoiceNote = Type.Object(
  {
    idempotencyKey: IdempotencyKey,
    protocol: Type.Union([Type.String({ pattern: '^[0-9]{1,18}$' }), Type.Null()]),
    ticket: TicketRequest,
    audio: Type.String({ maxLength: audioCharactersMax, pattern: '^[A-Za-z0-9+/]+={0,2}$' }),
  },
  strict,
)

/**
 * What the ticket API could not take, or has yet to take: a ticket, a voice note, or the record of a call. A record names
 * the tickets of its call that were spooled, so that their protocols can be put into it.
 */
const SpooledRequest = Type.Union([
  Type.Object({ kind: Type.Literal('ticket'), ticket: TicketRequest }, strict),
  Type.Object({ kind: Type.Literal('voice-note'), note: VoiceNote }, strict),
  Type.Object(
    {
      kind: Type.Literal('call-record'),
      record: CallRecord,
      tickets: Type.Array(TicketRequest, { maxItems: 20 }),
    },
    strict,
  ),
])

const Instant = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' })

/** One file of the spool. */
const SpooledFile = Type.Object(
  {
    spooledAt: Instant,
    request: SpooledRequest,
    /** When an administrator last sent it back from the dead letters; its age counts from here. */
    revivedAt: Type.Optional(Instant),
    /** Why it is a dead letter. */
    dead: Type.Optional(Type.Object({ at: Instant, reason: Type.String({ maxLength: 100 }) }, strict)),
  },
  strict,
)

export type TicketRequest = Static<typeof TicketRequest>
export type SpooledRequest = Static<typeof SpooledRequest>
export type SpooledFile = Static<typeof SpooledFile>

const validator = Compile(SpooledFile)

/** What a file of the spool holds; null when it is no such thing. */
export function parseSpooledFile(text: string): SpooledFile | null {
  try {
    const value: unknown = JSON.parse(text)
    return validator.Check(value) ? value : null
  } catch {
    return null
  }
}

/** The registration code that the request is about; null when nobody keyed one. */
export function userCodeOf(request: SpooledRequest): string | null {
  return request.kind === 'call-record' ? request.record.usuario : ticketOf(request).userCode
}

export function callIdOf(request: SpooledRequest): string {
  return request.kind === 'call-record' ? request.record.chamada : ticketOf(request).callId
}

/** The ticket that a request asks for or belongs to. */
export function ticketOf(request: Exclude<SpooledRequest, { kind: 'call-record' }>): TicketRequest {
  return request.kind === 'ticket' ? request.ticket : request.note.ticket
}
