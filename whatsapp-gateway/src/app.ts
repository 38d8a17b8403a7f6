import type { Clock } from '@ura/core/clock'
import { isBusy, isUnavailable } from '@ura/core/database/database-errors'
import { HelpdeskError } from '@ura/core/errors'
import { createHttpServer, type HttpServer } from '@ura/core/http/server'
import type { Logger } from '@ura/core/logger'
import { addAdminRoutes } from './admin/admin-routes.ts'
import type { GatewayConfiguration } from './config.ts'
import { addDeadLetterRoutes } from './dead-letters/dead-letter-routes.ts'
import { createConsoleDriver, type PrintedMessage } from './drivers/console-driver.ts'
import { createCloudApiDriver } from './drivers/cloud-api/create-cloud-api-driver.ts'
import { requireCloudApi } from './drivers/cloud-api/settings.ts'
import type { Driver, Webhooks } from './drivers/driver.ts'
import { createVenomDriver } from './drivers/venom/create-venom-driver.ts'
import { AlertWebhook } from './health/alert-webhook.ts'
import { ConnectionWatch } from './health/connection-watch.ts'
import { addHealthRoutes } from './health/health-routes.ts'
import { createGatewayMetrics, type GatewayMetrics } from './health/metrics.ts'
import { createInboundMetrics } from './health/inbound-metrics.ts'
import { requireBearer } from './http/authentication.ts'
import { createInboundDesk } from './inbound/create-inbound-desk.ts'
import type { InboundDesk } from './inbound/inbound-desk.ts'
import { MessageDesk } from './messages/message-desk.ts'
import { addMessageRoutes } from './messages/message-routes.ts'
import { Dispatcher } from './outbox/dispatcher.ts'
import type { GatewayStore } from './outbox/gateway-store.ts'
import { openOutbox } from './outbox/open-outbox.ts'
import type { OutboxStore } from './outbox/outbox-store.ts'
import { Settlements } from './outbox/settlements.ts'
import { systemTimers, type Timers } from './outbox/timers.ts'
import { sameMobileNumbers } from './phone/ninth-digit.ts'

export type { PrintedMessage } from './drivers/console-driver.ts'

export interface GatewayParts {
  clock: Clock
  log: Logger
  /** Default: the one that the configuration names. */
  driver?: Driver
  /** Where the console driver prints, as a terminal; absent = messages are only kept. */
  onMessage?: (message: PrintedMessage) => void
  /** Default: the machine's own. */
  timers?: Timers
}

export interface Gateway {
  /** Opens the port; gives it with the address to reach it at. */
  listen(): Promise<{ port: number; url: string }>
  /** Takes nothing more, waits up to 5 s for messages under way, closes the outbox. */
  close(): Promise<void>
  readonly fastify: HttpServer
}

/** Far more than the ticket API's few; a bound all the same. */
const connectionsMax = 1_000
const closeGraceMs = 5_000
const retryDelayMaxMs = 30_000
const storeFaultRetryAfterSeconds = 5

/**
 * Puts the gateway together: opens the outbox, tells interrupted messages from waiting ones, starts the driver and
 * goes on with the queue. It listens only when told to. When it can't be, the outbox is closed again.
 * @throws StartupError when the outbox can't be opened, as when another gateway owns it
 */
export async function createGateway(config: GatewayConfiguration, parts: GatewayParts): Promise<Gateway> {
  const lastMessageAt: LastMessageAt = (channel, phone) =>
    store.inbound.lastMessageAt(channel, sameMobileNumbers(phone))
  const driver = parts.driver ?? driverFactories[config.driver](config, { ...parts, lastMessageAt })
  const { clock, log } = parts
  const store = await openOutbox(config, { textsMax: driver.transcript?.textsMax ?? 0, clock, log })
  try {
    return await assemble(config, parts, { driver, store })
  } catch (error) {
    await store.close()
    throw error
  }
}

async function assemble(
  config: GatewayConfiguration,
  parts: GatewayParts,
  { driver, store }: { driver: Driver; store: GatewayStore },
): Promise<Gateway> {
  const { clock, log, timers = systemTimers } = parts
  const settlements = new Settlements(timers)
  const metrics = createGatewayMetrics({ store, driver, clock })
  const alerts = createAlertWebhook(config, parts)
  const watch = new ConnectionWatch({
    driver: driver.name,
    log,
    registry: metrics.registry,
    onAlert: alerts === null ? undefined : (alert) => alerts.send(alert),
  })
  const dispatcher = createDispatcher(config, parts, { driver, store, settlements, metrics })
  const server = createHttpServer({ log, connectionsMax, knownError: storeFault })
  const desk = new MessageDesk({
    store,
    driver,
    clock,
    hashKey: config.token,
    queuedMax: config.queuedMax,
    retentionDays: config.retentionDays,
    onAccepted: () => void dispatcher.wake(),
  })
  const inboundMetrics = createInboundMetrics(metrics.registry)
  const inbound = createInboundDesk(config, {
    store: store.inbound,
    clock,
    timers,
    log,
    onReply: () => void dispatcher.wake(),
    onCounted: (result) => inboundMetrics.message(result),
  })
  addHealthRoutes(server, { store, driver })
  if (config.adminToken !== undefined) {
    const { adminToken, timeZone, queuedMax } = config
    addAdminRoutes(server, { driver, adminToken, timeZone })
    const onAccepted = (): void => void dispatcher.wake()
    await addDeadLetterRoutes(server, { store, driver, clock, log, adminToken, queuedMax, onAccepted })
  }
  await server.register(async (api) => {
    api.addHook('onRequest', async (request) => requireBearer(request, config.token))
    api.get('/metrics', async (_request, reply) => {
      reply.type(metrics.registry.contentType)
      return metrics.registry.metrics()
    })
    addMessageRoutes(api, { desk, store, driver, dispatcher, settlements, clock })
  })
  const webhooks = await driver.openWebhooks?.({
    server,
    calls: store.webhookCalls,
    metrics: inboundMetrics,
    settle: (status) => dispatcher.settle(status),
    receive: (message) => inbound.receive(message),
  })
  const interrupted = await store.recoverInterrupted(clock.now())
  if (interrupted > 0) {
    log.warn({ count: interrupted }, 'messages interrupted by a crash are now unknown')
  }
  try {
    await driver.start({
      connectionChanged: () => {
        watch.observe(driver.state())
        void dispatcher.wake()
      },
      deliveryReported: (status) => void dispatcher.report(status),
      messageReceived: (message) => inbound.receive(message),
    })
  } catch (error) {
    // It may have told of a connection before it failed.
    await dispatcher.drain(closeGraceMs)
    throw error
  }
  watch.observe(driver.state())
  void dispatcher.wake()
  void inbound.wake()
  void webhooks?.wake()
  return {
    fastify: server,
    listen: () => listen(server, config),
    close: once(() => close({ server, dispatcher, settlements, webhooks, inbound, driver, store, alerts })),
  }
}

function createAlertWebhook(
  { alertUrl, alertSecret }: GatewayConfiguration,
  { clock, log, timers = systemTimers }: GatewayParts,
): AlertWebhook | null {
  return alertUrl === undefined
    ? null
    : new AlertWebhook({ url: alertUrl, secret: alertSecret, clock, timers, log })
}

/** A full disk, a locked file, a server that is away: it passes; whoever asked may come back. */
function storeFault(error: unknown): HelpdeskError | undefined {
  return isUnavailable(error) || isBusy(error)
    ? new HelpdeskError('SERVICO_INDISPONIVEL', {
        retryAfterSeconds: storeFaultRetryAfterSeconds,
        cause: error,
      })
    : undefined
}

/** When somebody last wrote to us, by the driver's name and the phone number (E.164). */
type LastMessageAt = (channel: string, phone: string) => Promise<Date | null>

/** How each driver that the configuration can name is made. */
const driverFactories: Readonly<
  Record<
    GatewayConfiguration['driver'],
    (config: GatewayConfiguration, parts: GatewayParts & { lastMessageAt: LastMessageAt }) => Driver
  >
> = {
  console: ({ timeZone }, { clock, log, onMessage }) =>
    createConsoleDriver({ clock, log, timeZone, ...(onMessage === undefined ? {} : { print: onMessage }) }),
  'cloud-api': (config, { clock, log, timers = systemTimers, lastMessageAt }) =>
    createCloudApiDriver(
      { ...requireCloudApi(config), retentionDays: config.retentionDays },
      { clock, log, timers, lastMessageAt: (phone) => lastMessageAt('cloud-api', phone) },
    ),
  venom: (config, { clock, log, timers = systemTimers }) => createVenomDriver(config, { clock, log, timers }),
}

function createDispatcher(
  config: GatewayConfiguration,
  parts: GatewayParts,
  built: { driver: Driver; store: OutboxStore; settlements: Settlements; metrics: GatewayMetrics },
): Dispatcher {
  const { driver, store, settlements, metrics } = built
  return new Dispatcher({
    store,
    driver,
    clock: parts.clock,
    timers: parts.timers ?? systemTimers,
    log: parts.log,
    random: Math.random,
    retry: { triesMax: config.triesMax, delayMs: config.retryDelayMs, delayMaxMs: retryDelayMaxMs },
    sendTimeoutMs: config.sendTimeoutMs,
    onSettled: (messageId, state) => {
      metrics.settled(state)
      settlements.settled(messageId)
    },
  })
}

async function listen(
  server: HttpServer,
  config: GatewayConfiguration,
): Promise<{ port: number; url: string }> {
  const url = await server.listen({
    host: config.host,
    port: config.port,
    listenTextResolver: (address) => `WhatsApp gateway is listening at ${address}`,
  })
  return { port: Number(new URL(url).port), url }
}

async function close(running: {
  server: HttpServer
  dispatcher: Dispatcher
  settlements: Settlements
  webhooks: Webhooks | undefined
  inbound: InboundDesk
  driver: Driver
  store: OutboxStore
  alerts: AlertWebhook | null
}): Promise<void> {
  const { server, dispatcher, settlements, webhooks, inbound, driver, store, alerts } = running
  // Requests that wait for a message are answered when no more can become of it.
  const drained = dispatcher.drain(closeGraceMs).then(() => settlements.releaseAll())
  await Promise.all([server.close(), drained])
  await webhooks?.close()
  await inbound.close()
  await driver.stop()
  await alerts?.close()
  await store.close()
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  return () => (running ??= work())
}
