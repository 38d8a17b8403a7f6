import type { Clock } from '@ura/core/clock'
import { isBusy, isUnavailable } from '@ura/core/database/database-errors'
import { HelpdeskError } from '@ura/core/errors'
import { createHttpServer, type HttpServer } from '@ura/core/http/server'
import type { Logger } from '@ura/core/logger'
import { addAdminRoutes } from './admin/admin-routes.ts'
import { type Components, createComponents, type WatchedLine } from './components.ts'
import type { GatewayConfiguration } from './config.ts'
import { addDeadLetterRoutes } from './dead-letters/dead-letter-routes.ts'
import type { PrintedMessage } from './drivers/console-driver.ts'
import { createDriver } from './drivers/create-driver.ts'
import { createEmailDriver } from './drivers/email/create-email-driver.ts'
import type { Driver, DriverEvents, Webhooks } from './drivers/driver.ts'
import { addHealthRoutes } from './health/health-routes.ts'
import { requireBearer } from './http/authentication.ts'
import { addMessageRoutes } from './messages/message-routes.ts'
import type { Channel } from './outbox/channel.ts'
import { openOutbox } from './outbox/open-outbox.ts'
import { systemTimers, type Timers } from './outbox/timers.ts'
import { sameMobileNumbers } from './phone/ninth-digit.ts'

export type { PrintedMessage } from './drivers/console-driver.ts'

export interface GatewayParts {
  clock: Clock
  log: Logger
  /** Default: the one that the configuration names. */
  driver?: Driver
  /** Default: the one that the configuration names; null = there is no e-mail channel. */
  emailDriver?: Driver | null
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
const storeFaultRetryAfterSeconds = 5

/**
 * Puts the gateway together: opens the outbox, tells interrupted messages from waiting ones, starts the driver and
 * goes on with the queue. It listens only when told to. When it can't be, the outbox is closed again.
 * @throws StartupError when the outbox can't be opened, as when another gateway owns it
 */
export async function createGateway(config: GatewayConfiguration, parts: GatewayParts): Promise<Gateway> {
  const { clock, log, timers = systemTimers, onMessage } = parts
  const driver =
    parts.driver ??
    createDriver(config, {
      clock,
      log,
      timers,
      onMessage,
      lastMessageAt: (channel, phone) => store.inbound.lastMessageAt(channel, sameMobileNumbers(phone)),
    })
  const emailDriver =
    parts.emailDriver === undefined ? createEmailDriver(config, { clock, log, timers }) : parts.emailDriver
  const store = await openOutbox(config, { textsMax: driver.transcript?.textsMax ?? 0, clock, log })
  try {
    const components = createComponents(config, { clock, log, timers }, { driver, emailDriver, store })
    return await start(config, components)
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Begins to connect and goes on with what an earlier run left. */
async function start(config: GatewayConfiguration, components: Components): Promise<Gateway> {
  const { clock, log, channels, store, fallbacks, inbound } = components
  const { driver, dispatcher } = channels.whatsapp
  const server = await createServer(config, components)
  const webhooks = await driver.openWebhooks?.({
    server,
    calls: store.webhookCalls,
    metrics: components.inboundMetrics,
    settle: (status) => dispatcher.settle(status),
    receive: (message) => inbound.receive(message),
  })
  const interrupted = await store.recoverInterrupted(clock.now())
  if (interrupted > 0) {
    log.warn({ count: interrupted }, 'messages interrupted by a crash are now unknown')
  }
  const receive: DriverEvents['messageReceived'] = (message) => inbound.receive(message)
  await startChannel(channels.email, receive)
  try {
    await startChannel(channels.whatsapp, receive)
  } catch (error) {
    // It may have told of a connection before it failed.
    await stopChannels(components)
    throw error
  }
  void fallbacks.wake()
  void inbound.wake()
  void webhooks?.wake()
  return {
    fastify: server,
    listen: () => listen(server, config),
    close: once(() => close(components, { server, webhooks })),
  }
}

async function startChannel(
  { driver, dispatcher, watch, isConfigured }: WatchedLine,
  messageReceived: DriverEvents['messageReceived'],
): Promise<void> {
  await driver.start({
    connectionChanged: () => {
      watch.observe(driver.state())
      void dispatcher.wake()
    },
    deliveryReported: (status) => void dispatcher.report(status),
    messageReceived,
  })
  if (isConfigured) {
    watch.observe(driver.state())
  }
  void dispatcher.wake()
}

/** Hands over nothing more on any channel and waits for what is under way; a driver that was started is stopped later. */
async function drainChannels({ channels, fallbacks }: Components): Promise<void> {
  await fallbacks.close()
  await Promise.all(Object.values(channels).map(({ dispatcher }) => dispatcher.drain(closeGraceMs)))
}

async function stopChannels(components: Components): Promise<void> {
  await drainChannels(components)
  await components.channels.email.driver.stop()
}

/** Every route of the gateway, but those of a driver's webhooks. */
async function createServer(config: GatewayConfiguration, components: Components): Promise<HttpServer> {
  const { clock, log, channels, store, metrics } = components
  const { driver } = channels.whatsapp
  const server = createHttpServer({ log, connectionsMax, knownError: storeFault })
  addHealthRoutes(server, { store, driver })
  if (config.adminToken !== undefined) {
    const { adminToken, timeZone, queuedMax } = config
    addAdminRoutes(server, { driver, adminToken, timeZone })
    const onAccepted = (channel: Channel): void => void channels[channel].dispatcher.wake()
    await addDeadLetterRoutes(server, { store, channels, clock, log, adminToken, queuedMax, onAccepted })
  }
  await server.register(async (api) => {
    api.addHook('onRequest', async (request) => requireBearer(request, config.token))
    api.get('/metrics', async (_request, reply) => {
      reply.type(metrics.registry.contentType)
      return metrics.registry.metrics()
    })
    addMessageRoutes(api, components)
  })
  return server
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

async function close(
  components: Components,
  { server, webhooks }: { server: HttpServer; webhooks: Webhooks | undefined },
): Promise<void> {
  const { channels, settlements, inbound, store, alerts } = components
  // Requests that wait for a message are answered when no more can become of it.
  const drained = drainChannels(components).then(() => settlements.releaseAll())
  await Promise.all([server.close(), drained])
  await webhooks?.close()
  await inbound.close()
  await Promise.all(Object.values(channels).map(({ driver }) => driver.stop()))
  await alerts?.close()
  await store.close()
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  return () => (running ??= work())
}
