import type { AddressInfo } from 'node:net'
import type { Clock } from '@ura/core/clock'
import type { HttpServer } from '@ura/core/http/server'
import type { Logger } from '@ura/core/logger'
import type { Registry } from 'prom-client'
import { accessCodeRoutes } from './access-codes/routes.ts'
import { announcementResourceRoutes } from './announcements/announcement-resource-routes.ts'
import { announcementRoutes } from './announcements/routes.ts'
import { audioFileRoute, removeAudioRoute } from './audio/routes.ts'
import { createSpokenAudio } from './audio/spoken-audio.ts'
import { createRefusalRecorder } from './audit/audit-log.ts'
import { requireAccess } from './authentication/access.ts'
import { ensureFirstClient } from './authentication/client-repository.ts'
import { createLastUseRecorder } from './authentication/last-use.ts'
import { endSessionRoute, requireSession, signInRoutes } from './authentication/routes.ts'
import { SessionCache } from './authentication/session-cache.ts'
import { callbackRoutes } from './callbacks/callback-routes.ts'
import { callResourceRoutes } from './calls/call-resource-routes.ts'
import { callRoutes } from './calls/routes.ts'
import { ensureFirstCatalogue } from './catalogue/catalogue-repository.ts'
import { serviceResourceRoutes } from './catalogue/service-resource-routes.ts'
import { catalogueRoutes } from './catalogue/routes.ts'
import { createCatalogueWarmer } from './catalogue/catalogue-warmer.ts'
import { type ApiConfiguration, databaseUrlOf } from './config.ts'
import type { ApiContext } from './context.ts'
import { openMigratedDatabase } from './database/migrated-database.ts'
import type { Database } from './database/schema.ts'
import { createHttpMessageGateway } from './gateway/http-message-gateway.ts'
import type { MessageGateway } from './gateway/message-gateway.ts'
import { answerConditionalRequests } from './http/conditional-request.ts'
import { createDependencies } from './http/dependencies.ts'
import { dependencyProbes } from './http/dependency-probes.ts'
import { createMetrics, measureRequests } from './http/metrics.ts'
import { describeApi } from './openapi/describe-api.ts'
import { operationRoutes } from './http/operation-routes.ts'
import { createServer } from './http/server.ts'
import { pruneIdempotencyKeys } from './idempotency/idempotency.ts'
import { createKeyedHash } from './keyed-hash.ts'
import { ensureFirstOfficeHours } from './office-hours/office-hours-repository.ts'
import { officeHoursRoutes } from './office-hours/routes.ts'
import { type PeriodicWork, startPeriodicWork } from './periodic-work.ts'
import { removeExpired, retentionRules } from './retention/retention.ts'
import { satisfactionResourceRoutes } from './satisfaction/satisfaction-resource-routes.ts'
import { satisfactionRoutes } from './satisfaction/routes.ts'
import { createConfiguredSpeech } from './speech/configured-speech.ts'
import type { SpeechService } from './speech/speech-service.ts'
import type { Synthesizer } from './speech/synthesizer.ts'
import { createOpenTicket } from './tickets/open-ticket.ts'
import { ticketHistoryRoutes } from './tickets/ticket-history-routes.ts'
import { ticketResourceRoutes } from './tickets/ticket-resource-routes.ts'
import { ticketRoutes } from './tickets/routes.ts'
import { createTicketNotifier } from './tickets/ticket-notifier.ts'
import { voiceNoteRoutes } from './tickets/voice-notes/voice-note-routes.ts'
import { ensureSampleUsers } from './users/sample-users.ts'
import { fillNameKeys } from './users/name-key.ts'
import { pruneAttempts } from './users/registration-attempts.ts'
import { userResourceRoutes } from './users/user-resource-routes.ts'
import { extensionRoutes } from './users/extension-routes.ts'
import { userRoutes } from './users/routes.ts'
import { pruneDeliveries } from './webhooks/webhook-delivery-repository.ts'
import { createWebhookSender, type WebhookSender } from './webhooks/webhook-sender.ts'

interface ApiDependencies {
  clock: Clock
  log: Logger
  /** Speaks in the embedded voice's place; default: eSpeak NG. */
  synthesizer?: Synthesizer
  /** Default: as the configuration says, in the data folder. */
  speech?: SpeechService
  /** Default: the WhatsApp gateway of GATEWAY_URL. */
  gateway?: MessageGateway
}

export interface Api {
  /** Listens where the configuration says and gives the port in use and the base address. */
  listen(): Promise<{ port: number; url: string }>
  /** Takes no more requests, finishes those under way, closes the database. */
  close(): Promise<void>
  readonly fastify: HttpServer
  readonly db: Database
  readonly metrics: Registry
}

/**
 * The ticket API, composed and migrated, not yet listening.
 * @throws StartupError when the database can't be opened or doesn't fit this program
 */
export async function createApi(config: ApiConfiguration, dependencies: ApiDependencies): Promise<Api> {
  const db = await openApiDatabase(config, dependencies)
  try {
    return await composeApi(db, config, dependencies)
  } catch (error) {
    await db.destroy()
    throw error
  }
}

async function openApiDatabase(config: ApiConfiguration, { clock, log }: ApiDependencies): Promise<Database> {
  const now = clock.now()
  const { db } = await openMigratedDatabase(databaseUrlOf(config), {
    now,
    connectionsMax: config.databaseConnections,
    onWait: (seconds) => log.info({ seconds }, 'waiting for another instance that changes the schema'),
    onProgress: (step) => log.info(step, 'migrating the database'),
    seed: (connection) => seedDatabase(connection, config, { now, log }),
  })
  return db
}

async function seedDatabase(
  db: Database,
  config: ApiConfiguration,
  { now, log }: { now: Date; log: Logger },
): Promise<void> {
  await ensureFirstCatalogue(db)
  await ensureFirstOfficeHours(db)
  if (config.sampleUsers && (await ensureSampleUsers(db, now))) {
    log.info('sample users added')
  }
  await fillNameKeys(db)
  if (config.firstClientToken !== undefined) {
    await ensureFirstClient(db, {
      token: config.firstClientToken,
      networks: config.firstClientNetworks,
      now,
    })
  }
}

async function composeApi(
  db: Database,
  config: ApiConfiguration,
  dependencies: ApiDependencies,
): Promise<Api> {
  const server = await createServer(config, dependencies.log)
  let listeningUrl = `http://${config.host}:${config.port}`
  const context = createContext(db, config, {
    ...dependencies,
    publicUrl: () => config.publicUrl ?? listeningUrl,
  })
  measureRequests(server, context.metrics)
  await describeApi(server)
  await server.register(async (scope) => {
    answerConditionalRequests(scope)
    operationRoutes(scope, context)
    audioFileRoute(scope, context)
  })
  await server.register(async (scope) => signInRoutes(scope, context), { prefix: '/api' })
  await server.register(async (scope) => phoneRoutes(scope, context), { prefix: '/api' })
  await server.register(async (scope) => resourceRoutes(scope, context), { prefix: '/api/v1' })
  await server.ready()
  const closing = new AbortController()
  const background: PeriodicWork[] = []
  const { clock, log } = dependencies
  const webhooks = createWebhookSender({ db, clock, log, privateNetworks: config.webhookNetworks ?? [] })
  let closed: Promise<void> | null = null
  return {
    fastify: server,
    db,
    metrics: context.metrics.registry,
    async listen() {
      await server.listen({
        host: config.host,
        port: config.port,
        listenTextResolver: (address) => `ticket API is listening at ${address}`,
      })
      const { port } = server.server.address() as AddressInfo
      listeningUrl = `http://${reachableHost(config.host)}:${port}`
      background.push(...startBackground(context, { webhooks, signal: closing.signal }))
      return { port, url: listeningUrl }
    },
    close() {
      closing.abort()
      closed ??= closeAll(server, context, { background, webhooks })
      return closed
    },
  }
}

function createContext(
  db: Database,
  config: ApiConfiguration,
  options: ApiDependencies & { publicUrl: () => string },
): ApiContext {
  const { clock, log, publicUrl } = options
  const gateway =
    options.gateway ?? createHttpMessageGateway({ url: config.gatewayUrl, token: config.gatewayToken })
  const speech = options.speech ?? createConfiguredSpeech(config, options)
  const dependencies = createDependencies({ clock, probes: dependencyProbes({ db, gateway, speech }) })
  const metrics = createMetrics({ speech, db, dependencies })
  const writeRefusal = createRefusalRecorder(db, log)
  const recordRefusal: ApiContext['recordRefusal'] = async (entry) => {
    metrics.refusals.inc({ event: entry.event })
    await writeRefusal(entry)
  }
  const keyedHash = createKeyedHash(config.secret)
  const notifier = createTicketNotifier({
    db,
    clock,
    gateway,
    log,
    onResult: (result) => metrics.ticketMessages.inc({ result }),
  })
  return {
    config,
    clock,
    log,
    db,
    keyedHash,
    sessions: new SessionCache({ clock, keptMs: config.sessionCacheSeconds * 1_000 }),
    gateway,
    speech,
    audio: createSpokenAudio({ speech, publicUrl, log, onLate: () => metrics.speechLate.inc() }),
    notifier,
    openTicket: createOpenTicket({ db, clock, keyedHash, notifier, metrics, recordRefusal }),
    metrics,
    dependencies,
    lastUse: createLastUseRecorder(db, log),
    recordRefusal,
  }
}

function phoneRoutes(scope: HttpServer, context: ApiContext): void {
  requireSession(scope, context)
  requireAccess(scope, context, { access: 'phone' })
  answerConditionalRequests(scope)
  endSessionRoute(scope, context)
  userRoutes(scope, context)
  extensionRoutes(scope, context)
  accessCodeRoutes(scope, context)
  catalogueRoutes(scope, context)
  announcementRoutes(scope, context)
  ticketRoutes(scope, context)
  satisfactionRoutes(scope, context)
  officeHoursRoutes(scope, context)
  callRoutes(scope, context)
  removeAudioRoute(scope, context)
}

async function resourceRoutes(scope: HttpServer, context: ApiContext): Promise<void> {
  requireSession(scope, context)
  requireAccess(scope, context)
  answerConditionalRequests(scope)
  ticketResourceRoutes(scope, context)
  ticketHistoryRoutes(scope, context)
  await voiceNoteRoutes(scope, context)
  userResourceRoutes(scope, context)
  serviceResourceRoutes(scope, context)
  announcementResourceRoutes(scope, context)
  callResourceRoutes(scope, context)
  satisfactionResourceRoutes(scope, context)
  callbackRoutes(scope, context)
}

/**
 * Events for other programs, every two seconds; a changed catalogue, every three; messages that are owed, each minute;
 * what has expired, each hour or day.
 */
function startBackground(
  { notifier, speech, db, clock, config, log }: ApiContext,
  { webhooks, signal }: { webhooks: WebhookSender; signal: AbortSignal },
): PeriodicWork[] {
  const hourly = { everyMs: 3_600_000, log }
  const catalogue = createCatalogueWarmer({ db, speech, clock, log })
  return [
    startPeriodicWork({ name: 'webhooks', everyMs: 2_000, log, work: () => webhooks.begin() }),
    startPeriodicWork({ name: 'catalogue speech', everyMs: 3_000, log, work: () => catalogue.warm(signal) }),
    startPeriodicWork({
      ...hourly,
      name: 'old webhook deliveries',
      work: () => pruneDeliveries(db, clock.now(), signal),
    }),
    startPeriodicWork({ name: 'owed messages', everyMs: 60_000, log, work: () => notifier.resend() }),
    startPeriodicWork({ ...hourly, name: 'speech sweep', work: () => speech.sweep() }),
    startPeriodicWork({
      ...hourly,
      name: 'old idempotency keys',
      work: () => pruneIdempotencyKeys(db, clock.now(), signal),
    }),
    startPeriodicWork({
      ...hourly,
      name: 'old registration attempts',
      work: () =>
        pruneAttempts(db, new Date(clock.now().getTime() - config.limitWindowMinutes * 60_000), signal),
    }),
    startPeriodicWork({
      name: 'retention',
      everyMs: 86_400_000,
      log,
      work: () => removeExpired(db, { rules: retentionRules(config), now: clock.now(), signal }),
    }),
  ]
}

async function closeAll(
  server: HttpServer,
  context: ApiContext,
  { background, webhooks }: { background: readonly PeriodicWork[]; webhooks: WebhookSender },
): Promise<void> {
  const delivered = webhooks.close()
  await server.close()
  await context.notifier.close()
  await Promise.all(background.map((work) => work.close()))
  await delivered
  await context.speech.close()
  await context.lastUse.close()
  await context.db.destroy()
}

/** An address that a client can use: one that listens everywhere is reached on loopback. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') {
    return '127.0.0.1'
  }
  if (host === '::') {
    return '[::1]'
  }
  return host.includes(':') ? `[${host}]` : host
}
