import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import { Counter } from 'prom-client'
import type { GatewayConfiguration } from './config.ts'
import { createAbsentDriver } from './drivers/absent-driver.ts'
import type { Driver } from './drivers/driver.ts'
import { AlertWebhook } from './health/alert-webhook.ts'
import { ConnectionWatch } from './health/connection-watch.ts'
import { createInboundMetrics, type InboundMetrics } from './health/inbound-metrics.ts'
import { createGatewayMetrics, type GatewayMetrics } from './health/metrics.ts'
import { createInboundDesk } from './inbound/create-inbound-desk.ts'
import type { InboundDesk } from './inbound/inbound-desk.ts'
import { MessageDesk } from './messages/message-desk.ts'
import { deadlineMaxMs } from './messages/message-request.ts'
import type { Channel } from './outbox/channel.ts'
import type { ChannelLine } from './outbox/channel-line.ts'
import { Dispatcher } from './outbox/dispatcher.ts'
import { FallbackWatch } from './outbox/fallback-watch.ts'
import type { GatewayStore } from './outbox/gateway-store.ts'
import type { MessageState } from './outbox/message-state.ts'
import type { StoredMessage } from './outbox/outbox-store.ts'
import { quietUntil } from './outbox/quiet-hours.ts'
import { Settlements } from './outbox/settlements.ts'
import type { Timers } from './outbox/timers.ts'

const retryDelayMaxMs = 30_000

interface ComponentParts {
  clock: Clock
  log: Logger
  timers: Timers
}

/** A channel at work, with the watch over its connection. */
export interface WatchedLine extends ChannelLine {
  readonly watch: ConnectionWatch
}

/** What the gateway consists of. */
export interface Components {
  clock: Clock
  log: Logger
  store: GatewayStore
  channels: Readonly<Record<Channel, WatchedLine>>
  fallbacks: FallbackWatch
  settlements: Settlements
  metrics: GatewayMetrics
  inboundMetrics: InboundMetrics
  alerts: AlertWebhook | null
  desk: MessageDesk
  inbound: InboundDesk
}

/** What the channels share. */
interface Shared extends ComponentParts {
  store: GatewayStore
  alerts: AlertWebhook | null
  logouts: Counter<'channel' | 'state'>
  /** When the quiet hours of an instant end; null when it lies in none. */
  quietUntil: (instant: Date) => Date | null
  onSettled: (message: { id: string; channel: Channel; state: MessageState }) => void
}

/**
 * Puts them together; nothing runs yet.
 * @param built.emailDriver null = there is no e-mail channel
 */
export function createComponents(
  config: GatewayConfiguration,
  parts: ComponentParts,
  built: { driver: Driver; emailDriver: Driver | null; store: GatewayStore },
): Components {
  const { clock, log, timers } = parts
  const { driver, emailDriver, store } = built
  const settlements = new Settlements(timers)
  const drivers = {
    whatsapp: { driver, isConfigured: true },
    email: { driver: emailDriver ?? createAbsentDriver(clock), isConfigured: emailDriver !== null },
  }
  const metrics = createGatewayMetrics({ store, channels: drivers, clock })
  const inboundMetrics = createInboundMetrics(metrics.registry)
  const fallbacks = new FallbackWatch({
    store,
    clock,
    timers,
    log,
    isPossible: emailDriver !== null,
    onTaken: () => void channels.email.dispatcher.wake(),
  })
  const shared: Shared = {
    ...parts,
    store,
    alerts: createAlertWebhook(config, parts),
    logouts: createLogoutCounter(metrics),
    quietUntil: (instant) => quietUntil(instant, config.quietHours, config.timeZone),
    onSettled: ({ id, channel, state }) => {
      metrics.settled(state, channel)
      settlements.settled(id)
      fallbacks.settled(state)
    },
  }
  const channels: Components['channels'] = {
    whatsapp: createLine(config, shared, { channel: 'whatsapp', ...drivers.whatsapp }),
    email: createLine(config, shared, { channel: 'email', ...drivers.email }),
  }
  const desk = createMessageDesk(config, shared, { channels, fallbacks })
  const inbound = createInboundDesk(config, {
    store: store.inbound,
    clock,
    timers,
    log,
    onReply: () => void channels.whatsapp.dispatcher.wake(),
    onCounted: (result) => inboundMetrics.message(result),
  })
  const { alerts } = shared
  return {
    clock,
    log,
    store,
    channels,
    fallbacks,
    settlements,
    metrics,
    inboundMetrics,
    alerts,
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

function createLogoutCounter({ registry }: GatewayMetrics): Counter<'channel' | 'state'> {
  return new Counter({
    name: 'ura_whatsapp_logouts_total',
    help: 'Times that a channel began to need a person: logged_out, banned',
    labelNames: ['channel', 'state'],
    registers: [registry],
  })
}

function createLine(
  config: GatewayConfiguration,
  shared: Shared,
  of: { channel: Channel; driver: Driver; isConfigured: boolean },
): WatchedLine {
  const { store, clock, timers, log, alerts, logouts, onSettled } = shared
  const { channel, driver } = of
  const dispatcher = new Dispatcher({
    channel,
    store,
    driver,
    clock,
    timers,
    log,
    random: Math.random,
    retry: { triesMax: config.triesMax, delayMs: config.retryDelayMs, delayMaxMs: retryDelayMaxMs },
    sendTimeoutMs: config.sendTimeoutMs,
    quietUntil: shared.quietUntil,
    noticeLifeMs: deadlineMaxMs,
    onSettled: (id, state) => onSettled({ id, channel, state }),
  })
  const onAlert = alerts === null ? undefined : alerts.send.bind(alerts)
  return {
    ...of,
    dispatcher,
    watch: new ConnectionWatch({ channel, driver: driver.name, log, logouts, onAlert }),
  }
}

function createMessageDesk(
  config: GatewayConfiguration,
  shared: Shared,
  { channels, fallbacks }: Pick<Components, 'channels' | 'fallbacks'>,
): MessageDesk {
  const { store, clock, log } = shared
  const { token: hashKey, queuedMax, retentionDays, fallbackSeconds } = config
  return new MessageDesk({
    store,
    channels,
    clock,
    hashKey,
    queuedMax,
    retentionDays,
    fallbackAfterMs: fallbackSeconds * 1_000,
    quietUntil: shared.quietUntil,
    onAccepted: (channel) => void channels[channel].dispatcher.wake(),
    onFallbackPlanned: (dueAt) => fallbacks.planned(dueAt),
    onSuperseded: ({ id, channel }: StoredMessage) => {
      log.info({ messageId: id, state: 'superseded' }, 'message settled')
      shared.onSettled({ id, channel, state: 'superseded' })
    },
  })
}
