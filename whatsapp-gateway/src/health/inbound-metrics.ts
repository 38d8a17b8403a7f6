import { Counter, type Registry } from 'prom-client'

/** Counts what comes in. */
export interface InboundMetrics {
  webhookCall(result: string): void
  status(result: string): void
  message(result: string): void
}

/** Counters of webhook calls, their statuses and received messages, in the gateway's registry. */
export function createInboundMetrics(registry: Registry): InboundMetrics {
  const counter = (name: string, help: string): Counter<'result'> =>
    new Counter({ name, help, labelNames: ['result'], registers: [registry] })
  const calls = counter(
    'ura_whatsapp_webhook_calls_total',
    'Calls of the webhook: accepted, bad_signature, full (too many wait)',
  )
  const statuses = counter(
    'ura_whatsapp_statuses_total',
    'Statuses of webhooks: moved (the message went on), unmoved (it was further), unknown (no message of ours), ignored (makes no sense)',
  )
  const messages = counter(
    'ura_whatsapp_received_total',
    'Messages that people sent us: answered, helped, ignored, limited, stale; repeated, full',
  )
  return {
    webhookCall: (result) => calls.inc({ result }),
    status: (result) => statuses.inc({ result }),
    message: (result) => messages.inc({ result }),
  }
}
