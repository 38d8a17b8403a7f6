import type {
  CallRecord,
  CatalogueAnswer,
  OfficeHoursAnswer,
  OpenTicketAnswer,
  RequestCodeAnswer,
  UserSpeechAnswer,
  VerifyCodeAnswer,
  VerifyTicketAnswer,
  VoiceNoteAnswer,
} from './schemas.ts'

/**
 * The ticket API as a caller of it sees it. Every method rejects with a `HelpdeskError`: with the API's own code,
 * or with `SERVICO_INDISPONIVEL` when no usable answer came within the budget. An aborted signal rejects with its
 * reason.
 */
export interface TicketApi {
  /** Whether the registration code belongs to an active user. Wrong codes are counted for `callingNumber`. */
  verifyUser(
    request: { userCode: string; callId: string; callingNumber: string | null },
    signal?: AbortSignal,
  ): Promise<boolean>
  /** The user's name as text and audio. */
  userSpeech(userCode: string, signal?: AbortSignal): Promise<UserSpeechAnswer>
  /** Makes an access code and sends it by WhatsApp; the same idempotency key never sends a second one. */
  requestAccessCode(
    request: { userCode: string; callId: string; idempotencyKey: string },
    signal?: AbortSignal,
  ): Promise<RequestCodeAnswer>
  /** Tries an access code; the same idempotency key is counted as one try. */
  verifyAccessCode(
    request: { userCode: string; code: string; callId: string; idempotencyKey: string },
    signal?: AbortSignal,
  ): Promise<VerifyCodeAnswer>
  /** The catalogue of services with its spoken menus, as it is now. */
  catalogue(signal?: AbortSignal): Promise<CatalogueAnswer>
  /** Opens a ticket; the same idempotency key gives the same ticket. */
  openTicket(
    request: { userCode: string; service: string; callId: string; idempotencyKey: string },
    signal?: AbortSignal,
  ): Promise<OpenTicketAnswer>
  /**
   * Adds what the caller said to a ticket of theirs; the same idempotency key adds no second. `audio` is a WAV file of
   * mono 16-bit samples, 8,000 a second, of at most 61 s.
   */
  addVoiceNote(
    request: { userCode: string; protocol: string; audio: Buffer; idempotencyKey: string },
    signal?: AbortSignal,
  ): Promise<VoiceNoteAnswer>
  /** A ticket of this user by its protocol; another user's is `CHAMADO_NAO_ENCONTRADO` as well. */
  findTicket(
    request: { userCode: string; protocol: string },
    signal?: AbortSignal,
  ): Promise<VerifyTicketAnswer>
  /** Whether technicians are there now, and when that changes. */
  officeHours(signal?: AbortSignal): Promise<OfficeHoursAnswer>
  /** Keeps the record of a call; a later one for the same call and round replaces it. */
  saveCallRecord(record: CallRecord, signal?: AbortSignal): Promise<void>
  /** The records of one call, one for each round, phone numbers masked. */
  callRecords(callId: string, signal?: AbortSignal): Promise<CallRecord[]>
}
