import type { Logger } from '@ura/core/logger'
import type {
  CatalogueCategory,
  CatalogueService,
  MessageChannel,
  UserSpeechAnswer,
} from '@ura/core/ticket-api/schemas'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import type { SpooledRequest, TicketRequest } from '../spool/spooled-request.ts'
import type { VoiceRecorder } from '../voice-note/voice-recorder.ts'
import type { CallRecorder } from './call-recorder.ts'
import type { Line } from './line.ts'
import type { OfficeHours } from './office-hours.ts'

/** Who says to be calling, and whether the access code has proved it. */
export interface Person {
  readonly userCode: string
  /** Their name, being fetched since the code was known; null when it can't be had. */
  readonly name: Promise<UserSpeechAnswer | null>
  readonly verified: boolean
  /** It was the desk extension that proved it: no code of any kind was keyed. */
  readonly byExtension?: boolean
}

/** Everything a step of the call works with. One object a call; steps change only what stands after `purpose`. */
export interface Call {
  readonly callId: string
  /** 1 for the first entry; the dialplan enters again when nobody answers in the queue. */
  readonly round: number
  readonly callingNumber: string | null
  readonly line: Line
  readonly signal: AbortSignal
  readonly ticketApi: TicketApi
  readonly officeHours: OfficeHours
  readonly recorder: CallRecorder
  readonly log: Logger
  readonly tries: number
  /** Whether callers are offered announcements when there are some. */
  readonly offersInformation: boolean
  /** Whether callers are asked what they think. */
  readonly asksSatisfaction: boolean
  /**
   * A key for the next request of this kind: call, this entry of it, step and count. Whoever repeats the request uses
   * the same key; a call that comes back later (a technician transfers it) makes requests of its own.
   */
  nextIdempotencyKey(step: string): string
  /** The channel's name at this moment: a transfer may have put another one in its place. */
  channelName(): Promise<string | null>
  /** The trusted desk extension that calls; null when there is none, and once it was asked about. */
  extension: string | null
  /**
   * Keeps on this host what the API can't take, until it does; on disk when it resolves.
   * @throws Error when there is no room
   */
  spool(request: SpooledRequest): Promise<void>
  /** Null when callers are not asked to describe the problem. */
  readonly voiceRecorder: VoiceRecorder | null
  /** What the caller chose in the main menu. */
  purpose: 'open-ticket' | 'query-ticket'
  person: Person | null
  category: CatalogueCategory | null
  service: CatalogueService | null
  /** Version of the catalogue whose menus this caller hears. */
  catalogueVersion: string
  /** How the last ticket was asked for, whether the API or the spool has taken it. */
  ticketRequest: TicketRequest | null
  /**
   * The last ticket opened, for saying it again, and the way that its protocol takes; null when it takes none. No ticket
   * while it is in the spool.
   */
  ticket: { protocol: string; url: string | null; sentBy: MessageChannel | null } | null
  /** Settles, without fail, when a ticket being opened is there or given up: soon after a hangup. */
  ticketUnderWay: Promise<unknown> | null
}
