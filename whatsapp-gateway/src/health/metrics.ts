import type { Clock } from '@ura/core/clock'
import { Counter, Gauge, Registry } from 'prom-client'
import type { Driver } from '../drivers/driver.ts'
import { type Channel, channels } from '../outbox/channel.ts'
import { isAvailable } from '../outbox/channel-line.ts'
import type { MessageState } from '../outbox/message-state.ts'
import type { OutboxStore } from '../outbox/outbox-store.ts'

/** What the gateway tells Prometheus, by channel: the queue's depth and age, sends by result, the connection. */
export interface GatewayMetrics {
  readonly registry: Registry
  /** Counts a message that came to this end. */
  settled(state: MessageState, channel: Channel): void
}

const labelNames = ['channel'] as const

export function createGatewayMetrics(parts: {
  store: OutboxStore
  channels: Readonly<Record<Channel, { readonly driver: Driver; readonly isConfigured: boolean }>>
  clock: Clock
}): GatewayMetrics {
  const { store, clock } = parts
  const registry = new Registry()
  const shown = channels.filter((channel) => parts.channels[channel].isConfigured)
  const sends = new Counter({
    name: 'ura_whatsapp_sends_total',
    help: 'Messages that came to an end, by result: sent, delivered, read, failed, expired, unknown, superseded',
    labelNames: ['channel', 'result'],
    registers: [registry],
  })
  const gauge = (name: string, help: string, valueOf: (channel: Channel) => number | Promise<number>): void =>
    registry.registerMetric(
      new Gauge({
        name,
        help,
        labelNames,
        registers: [],
        async collect() {
          for (const channel of shown) {
            this.set({ channel }, await valueOf(channel))
          }
        },
      }),
    )
  gauge(
    'ura_whatsapp_queue_depth',
    'Messages that wait to be sent, without notices held over quiet hours',
    async (channel) => (await store.backlog(channel)).depth,
  )
  gauge(
    'ura_whatsapp_queue_oldest_age_seconds',
    'How long the oldest message has waited that may go, 0 when none does',
    async (channel) => {
      const { waitingSince } = await store.backlog(channel)
      return waitingSince === null ? 0 : (clock.now().getTime() - waitingSince.getTime()) / 1_000
    },
  )
  gauge('ura_whatsapp_notices_held', 'Notices that wait for the end of the quiet hours', (channel) =>
    store.heldCount(channel),
  )
  gauge('ura_whatsapp_logged_in', '1 while the driver can send', (channel) =>
    isAvailable(parts.channels[channel]) ? 1 : 0,
  )
  return { registry, settled: (result, channel) => sends.inc({ channel, result }) }
}
