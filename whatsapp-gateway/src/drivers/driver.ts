import type { HttpServer } from '@ura/core/http/server'
import type { InboundMetrics } from '../health/inbound-metrics.ts'
import type { ReceivedMessage } from '../inbound/received-message.ts'
import type { WebhookCallStore } from '../webhooks/webhook-call-store.ts'

/** What a message says. How an access code is worded is the driver's affair (a Cloud API template has fixed text). */
export type MessageContent =
  | {
      readonly kind: 'text'
      readonly text: string
      /** The provider's id of the message that this one answers; drivers that can quote it do. */
      readonly replyTo?: string
    }
  | { readonly kind: 'otp'; readonly code: string; readonly expiresAt: Date }

export interface OutgoingMessage {
  /** The outbox's id; drivers that can pass it to the provider do, so that statuses find their way back. */
  readonly id: string
  /** E.164, as `+5545999990001`; for the e-mail driver an address. */
  readonly to: string
  readonly content: MessageContent
}

export type ConnectionState = 'starting' | 'qr' | 'connected' | 'degraded' | 'logged_out' | 'banned'

export interface ConnectionStatus {
  readonly state: ConnectionState
  /** Since when the connection is in this state. */
  readonly since: Date
  /** Which QR of this login is being shown, from 1; null when none is. */
  readonly qrAttempt: number | null
  readonly qrExpiresAt: Date | null
}

/** What the provider tells of a message after (or, at times, before) the send was answered. */
export interface DeliveryStatus {
  /** Which of the two ids `id` is: the outbox's own, or the provider's. */
  readonly identifiedBy: 'message' | 'provider'
  readonly id: string
  readonly state: 'sent' | 'delivered' | 'read' | 'failed'
  readonly at: Date
  /** Why it failed, a word for history such as `recipient_unreachable`. Default: `provider`. */
  readonly reason?: string
  /** The provider's id, where `id` is the outbox's own and both are known. */
  readonly providerId?: string
}

export interface DriverEvents {
  connectionChanged(): void
  deliveryReported(status: DeliveryStatus): void
  /** Somebody wrote to us; resolves once that is on disk, and rejects when it could not be kept. */
  messageReceived(message: ReceivedMessage): Promise<void>
}

/** What a provider's calls back work on. */
export interface WebhookHost {
  /** Outside the gateway's token: a driver checks for itself who calls. */
  readonly server: HttpServer
  readonly calls: WebhookCallStore
  readonly metrics: InboundMetrics
  /** As `Dispatcher.settle`. */
  readonly settle: (status: DeliveryStatus) => Promise<'moved' | 'unmoved' | 'unknown'>
  /** As `DriverEvents.messageReceived`. */
  readonly receive: (message: ReceivedMessage) => Promise<void>
}

/** A driver's webhooks at work. */
export interface Webhooks {
  /** Goes on with the calls that an earlier run left. */
  wake(): Promise<void>
  /** Begins no other call and waits for the one under way. */
  close(): Promise<void>
}

/** How fast a driver may be fed. */
export interface DriverPace {
  /** Least time between two messages to one recipient; 0 = as fast as they come. */
  readonly recipientIntervalMs: number
  /** Least time between any two messages; 0 = as fast as they come. */
  readonly driverIntervalMs: number
  /** Up to so much is added by chance to each time between two messages, as a person's hand would; default 0. */
  readonly driverJitterMs?: number
  /** How many messages, each to another recipient, may be under way at once. */
  readonly parallelMax: number
}

/** Logging in by a QR code that the account's phone reads. */
export interface QrLogin {
  /** The QR shown now, as PNG; it grants the account. null when none is. */
  qrImage(): Buffer | null
  /** Whether showing QRs has ended, because nobody read one; `newQr` begins again. */
  isWaiting(): boolean
  /** Begins to show QRs again; does nothing while logged in. */
  newQr(): Promise<void>
  /** Logs out and forgets the login, so that the next one needs a QR. */
  logOut(): Promise<void>
}

/** A connection to WhatsApp, or to a mail server. */
export interface Driver {
  readonly name: string
  readonly pace: DriverPace
  /** Only of a driver that hears from its provider when a message has reached the person's device. */
  readonly tellsDelivery?: true
  /** Only of a driver that nobody's phone is behind: its texts are kept and may be read through the API. */
  readonly transcript?: {
    /** How many texts are kept, newest first. */
    readonly textsMax: number
    textOf(content: MessageContent): string
  }
  /** Only of a driver whose provider calls back over HTTP: adds the routes for it; called once, before `start`. */
  openWebhooks?(host: WebhookHost): Promise<Webhooks>
  /** Only of a driver that logs in by QR. */
  readonly qrLogin?: QrLogin
  /** Begins to connect; resolves without waiting for a login, which `state` tells. */
  start(events: DriverEvents): Promise<void>
  stop(): Promise<void>
  state(): ConnectionStatus
  /**
   * Hands one message to the provider; resolves once the provider has taken it.
   * @throws NotSentError when the message certainly did not leave; any other error means that it may have.
   */
  send(message: OutgoingMessage, signal: AbortSignal): Promise<{ providerId: string }>
}

export interface NotSentOptions {
  readonly retryable: boolean
  /** Not tried again sooner, in ms; default 0. */
  readonly retryAfterMs?: number
  /** Whether tries are unlimited until the deadline, because it is the channel and not the message that can't; default false. */
  readonly untilDeadline?: boolean
  readonly cause?: unknown
}

/** The message certainly did not leave. `reason` is a word for logs and history, never personal data. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError'
  readonly retryable: boolean
  readonly retryAfterMs: number
  readonly untilDeadline: boolean
  readonly reason: string

  constructor(reason: string, options: NotSentOptions) {
    super(reason, { cause: options.cause })
    this.reason = reason
    this.retryable = options.retryable
    this.retryAfterMs = options.retryAfterMs ?? 0
    this.untilDeadline = options.untilDeadline ?? false
  }
}

/** Whether messages can be sent in this state; `degraded` is a login whose connection is coming back. */
export function isLoggedIn(state: ConnectionState): boolean {
  return state === 'connected' || state === 'degraded'
}
