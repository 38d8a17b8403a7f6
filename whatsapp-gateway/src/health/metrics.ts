import type { Clock } from '@ura/core/clock'
import { Counter, Gauge, Registry } from 'prom-client'
import { isLoggedIn, type Driver } from '../drivers/driver.ts'
import type { MessageState } from '../outbox/message-state.ts'
import type { OutboxStore } from '../outbox/outbox-store.ts'

/** What the gateway tells Prometheus: the queue's depth and age, sends by result, the connection. */
export interface GatewayMetrics {
  readonly registry: Registry
  /** Counts a message that came to this end. */
  settled(state: MessageState): void
}

export function createGatewayMetrics(parts: {
  store: OutboxStore
  driver: Driver
  clock: Clock
}): GatewayMetrics {
  const { store, driver, clock } = parts
  const registry = new Registry()
  const sends = new Counter({
    name: 'ura_whatsapp_sends_total',
    help: 'Messages that came to an end, by result: sent, delivered, read, failed, expired, unknown',
    labelNames: ['result'],
    registers: [registry],
  })
  const depth = new Gauge({
    name: 'ura_whatsapp_queue_depth',
    help: 'Messages that wait to be sent',
    registers: [],
    async collect() {
      this.set((await store.backlog()).depth)
    },
  })
  const oldestAge = new Gauge({
    name: 'ura_whatsapp_queue_oldest_age_seconds',
    help: 'Age of the oldest message that waits, 0 when none does',
    registers: [],
    async collect() {
      const { oldestAcceptedAt } = await store.backlog()
      this.set(oldestAcceptedAt === null ? 0 : (clock.now().getTime() - oldestAcceptedAt.getTime()) / 1_000)
    },
  })
  const loggedIn = new Gauge({
    name: 'ura_whatsapp_logged_in',
    help: '1 while the driver can send',
    registers: [],
    collect() {
      this.set(isLoggedIn(driver.state().state) ? 1 : 0)
    },
  })
  for (const gauge of [depth, oldestAge, loggedIn]) {
    registry.registerMetric(gauge)
  }
  return { registry, settled: (state) => sends.inc({ result: state }) }
}
