import type {
  AnnouncementsAnswer,
  AnnouncementSpeechAnswer,
  CallRecord,
  CatalogueAnswer,
  CodeStatusAnswer,
  IdentifyExtensionAnswer,
  OfficeHoursAnswer,
  OpenTicketAnswer,
  RatingMoment,
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
  /** Whose desk extension it is, when it is trusted and that of one person. */
  identifyExtension(
    request: { extension: string; callId: string },
    signal?: AbortSignal,
  ): Promise<IdentifyExtensionAnswer>
  /** Whether the extension identifies that person, who has confirmed the name: the API's own decision, which it audits. */
  confirmExtension(
    request: { extension: string; userCode: string; callId: string },
    signal?: AbortSignal,
  ): Promise<boolean>
  /** Makes an access code and sends it by WhatsApp or e-mail; the same idempotency key never sends a second one. */
  requestAccessCode(
    request: { userCode: string; callId: string; idempotencyKey: string },
    signal?: AbortSignal,
  ): Promise<RequestCodeAnswer>
  /** How the newest access code of a call fares on its way to the person. */
  accessCodeStatus(
    request: { userCode: string; callId: string },
    signal?: AbortSignal,
  ): Promise<CodeStatusAnswer>
  /** Tries an access code; the same idempotency key is counted as one try. */
  verifyAccessCode(
    request: { userCode: string; code: string; callId: string; idempotencyKey: string },
    signal?: AbortSignal,
  ): Promise<VerifyCodeAnswer>
  /** The catalogue of services with its spoken menus, as it is now. */
  catalogue(signal?: AbortSignal): Promise<CatalogueAnswer>
  /** What callers may hear without saying who they are, as it is now. */
  announcements(signal?: AbortSignal): Promise<AnnouncementsAnswer>
  /** One announcement as text and audio; null is their menu. Gone since: `INFORMACAO_NAO_ENCONTRADA`. */
  announcementSpeech(id: number | null, signal?: AbortSignal): Promise<AnnouncementSpeechAnswer>
  /**
   * Opens a ticket; the same idempotency key gives the same ticket. With `requireIdentification` only for a user whose
   * access code was verified in this call: anybody else is `USUARIO_NAO_IDENTIFICADO`.
   */
  openTicket(
    request: {
      userCode: string
      service: string
      callId: string
      idempotencyKey: string
      requireIdentification?: boolean
    },
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
  /** Keeps what the caller thinks of a ticket, or of the call; false when there was a rating already, which stays. */
  rate(
    request: {
      callId: string
      moment: RatingMoment
      /** 1 to 5. */
      score: number
      ticket: { userCode: string; protocol: string } | null
    },
    signal?: AbortSignal,
  ): Promise<boolean>
  /** Whether technicians are there now, and when that changes. */
  officeHours(signal?: AbortSignal): Promise<OfficeHoursAnswer>
  /** Removes an audio that the API made, by its `nome_audio`; false when there was none. */
  removeAudio(audio: string, signal?: AbortSignal): Promise<boolean>
  /** Keeps the record of a call; a later one for the same call and round replaces it. */
  saveCallRecord(record: CallRecord, signal?: AbortSignal): Promise<void>
  /** The records of one call, one for each round, phone numbers masked. */
  callRecords(callId: string, signal?: AbortSignal): Promise<CallRecord[]>
}
