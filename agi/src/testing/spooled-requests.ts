import type { CallRecord } from '@ura/core/ticket-api/schemas'
import type { SpooledRequest, TicketRequest } from '../spool/spooled-request.ts'

/** A ticket of user 1001 in call 17.1, unless said otherwise. */
export function ticketOf({
  key = 'key-1',
  user = '1001',
  call = '17.1',
}: { key?: string; user?: string; call?: string } = {}): TicketRequest {
  return { userCode: user, service: 'computador-nao-liga', callId: call, idempotencyKey: key }
}

/** The same as it is spooled. */
export function ticketRequest(options: Parameters<typeof ticketOf>[0] = {}): SpooledRequest {
  return { kind: 'ticket', ticket: ticketOf(options) }
}

/** The record of call 17.1 of user 1001, with these tickets spooled in it. */
export function callRecordRequest(
  options: { tickets?: TicketRequest[]; record?: Partial<CallRecord> } = {},
): SpooledRequest {
  const record: CallRecord = {
    chamada: '17.1',
    rodada: 1,
    telefone: '***01',
    inicio: '2026-11-23T11:58:00.000Z',
    fim: '2026-11-23T11:59:30.000Z',
    etapas: [{ etapa: 'main-menu', em: '2026-11-23T11:58:01.000Z' }],
    resultado: 'ticket_opened',
    usuario: '1001',
    protocolos: [],
    ...options.record,
  }
  return { kind: 'call-record', record, tickets: options.tickets ?? [] }
}

/** What user 1001 said about the ticket of that key: the five bytes "sound", unless said otherwise. */
export function voiceNoteRequest({
  key = 'key-1',
  protocol = '10017',
  audio = Buffer.from('sound'),
}: { key?: string; protocol?: string | null; audio?: Buffer } = {}): SpooledRequest {
  const note = { idempotencyKey: `${key}/voice-note-1`, protocol, ticket: ticketOf({ key }) }
  return { kind: 'voice-note', note: { ...note, audio: audio.toString('base64') } }
}
