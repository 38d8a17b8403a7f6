import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import type { GatewayConfiguration } from './config.ts'
import type { Driver } from './drivers/driver.ts'
import { AlertWebhook } from './health/alert-webhook.ts'
import { ConnectionWatch } from './health/connection-watch.ts'
import { createInboundMetrics, type InboundMetrics } from './health/inbound-metrics.ts'
import { createGatewayMetrics, type GatewayMetrics } from './health/metrics.ts'
import { createInboundDesk } from './inbound/create-inbound-desk.ts'
import type { InboundDesk } from './inbound/inbound-desk.ts'
import { MessageDesk } from './messages/message-desk.ts'
import { Dispatcher } from './outbox/dispatcher.ts'
import type { GatewayStore } from './outbox/gateway-store.ts'
import type { OutboxStore } from './outbox/outbox-store.ts'
import { Settlements } from './outbox/settlements.ts'
import type { Timers } from './outbox/timers.ts'

const retryDelayMaxMs = 30_000

interface ComponentParts {
  clock: Clock
  log: Logger
  timers: Timers
}

/** What the gateway consists of. */
export interface Components {
  clock: Clock
  log: Logger
  driver: Driver
  store: GatewayStore
  settlements: Settlements
  metrics: GatewayMetrics
  inboundMetrics: InboundMetrics
  alerts: AlertWebhook | null
  watch: ConnectionWatch
  dispatcher: Dispatcher
  desk: MessageDesk
  inbound: InboundDesk
}

/** Puts them together; nothing runs yet. */
export function createComponents(
  config: GatewayConfiguration,
  parts: ComponentParts,
  { driver, store }: { driver: Driver; store: GatewayStore },
): Components {
  const { clock, log, timers } = parts
  const settlements = new Settlements(timers)
  const metrics = createGatewayMetrics({ store, driver, clock })
  const inboundMetrics = createInboundMetrics(metrics.registry)
  const alerts = createAlertWebhook(config, parts)
  const watch = new ConnectionWatch({
    driver: driver.name,
    log,
    registry: metrics.registry,
    onAlert: alerts === null ? undefined : (alert) => alerts.send(alert),
  })
  const dispatcher = createDispatcher(config, parts, { driver, store, settlements, metrics })
  const wake = (): void => void dispatcher.wake()
  const { token: hashKey, queuedMax, retentionDays } = config
  const desk = new MessageDesk({ store, driver, clock, hashKey, queuedMax, retentionDays, onAccepted: wake })
  const inbound = createInboundDesk(config, {
    store: store.inbound,
    clock,
    timers,
    log,
    onReply: wake,
    onCounted: (result) => inboundMetrics.message(result),
  })
  return {
    clock,
    log,
    driver,
    store,
    settlements,
    metrics,
    inboundMetrics,
    alerts,
    watch,
    dispatcher,
    desk,
    inbound,
  }
}

function createAlertWebhook(
  { alertUrl, alertSecret }: GatewayConfiguration,
  { clock, log, timers }: ComponentParts,
): AlertWebhook | null {
  return alertUrl === undefined
    ? null
    : new AlertWebhook({ url: alertUrl, secret: alertSecret, clock, timers, log })
}

function createDispatcher(
  config: GatewayConfiguration,
  parts: ComponentParts,
  built: { driver: Driver; store: OutboxStore; settlements: Settlements; metrics: GatewayMetrics },
): Dispatcher {
  const { driver, store, settlements, metrics } = built
  return new Dispatcher({
    store,
    driver,
    clock: parts.clock,
    timers: parts.timers,
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
