import type { InboundStore } from '../inbound/inbound-store.ts'
import type { WebhookCallStore } from '../webhooks/webhook-call-store.ts'
import type { OutboxStore } from './outbox-store.ts'

/** All that a gateway keeps, in one database under one lock; closing it closes all three. */
export interface GatewayStore extends OutboxStore {
  /** Received messages; a reply and the mark of what it answers are one transaction. */
  readonly inbound: InboundStore
  /** Calls of a provider's webhook. */
  readonly webhookCalls: WebhookCallStore
}
