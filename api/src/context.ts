import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import type { SpokenAudioSource } from './audio/spoken-audio.ts'
import type { AuditEntry } from './audit/audit-log.ts'
import type { SessionCache } from './authentication/session-cache.ts'
import type { SessionClient } from './authentication/session-repository.ts'
import type { LastUseRecorder } from './authentication/last-use.ts'
import type { ApiConfiguration } from './config.ts'
import type { Database } from './database/schema.ts'
import type { MessageGateway } from './gateway/message-gateway.ts'
import type { Dependencies } from './http/dependencies.ts'
import type { ApiMetrics } from './http/metrics.ts'
import type { KeyedHash } from './keyed-hash.ts'
import type { SpeechService } from './speech/speech-service.ts'
import type { OpenTicket } from './tickets/open-ticket.ts'
import type { TicketNotifier } from './tickets/ticket-notifier.ts'

/** What the API's parts are given; each names the few it needs by `Pick`. */
export interface ApiContext {
  readonly config: ApiConfiguration
  readonly clock: Clock
  readonly log: Logger
  readonly db: Database
  readonly keyedHash: KeyedHash
  readonly sessions: SessionCache<SessionClient>
  readonly gateway: MessageGateway
  readonly speech: SpeechService
  readonly audio: SpokenAudioSource
  readonly notifier: TicketNotifier
  readonly openTicket: OpenTicket
  readonly metrics: ApiMetrics
  readonly dependencies: Dependencies
  readonly lastUse: LastUseRecorder
  readonly recordRefusal: (entry: AuditEntry) => Promise<void>
}
