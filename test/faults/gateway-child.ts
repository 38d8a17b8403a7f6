import { appendFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { runService } from '@ura/core/service'
import { createGateway } from '@ura/whatsapp-gateway/app'
import { readGatewayConfiguration } from '@ura/whatsapp-gateway/config'
import { type Driver, type DriverEvents, NotSentError } from '@ura/whatsapp-gateway/drivers/driver'

/**
 * A gateway that can be killed, with the provider's side in a ledger that outlives it (LEDGER): a line `sent ID` when a
 * message leaves, a line `confirmed ID` right before the provider's answer. Of ten messages one is refused for now, and
 * of twenty one leaves without an answer. Of ten codes, one is refused for good and some are never delivered: those go by
 * e-mail, a line `mailed CODE` each.
 */
const ledger = process.env['LEDGER'] ?? ''
const providerMsMax = 5

let events: DriverEvents | null = null

const driver: Driver = {
  name: 'ledger',
  tellsDelivery: true,
  pace: { recipientIntervalMs: 0, driverIntervalMs: 0, parallelMax: 8 },
  start: async (told) => {
    events = told
  },
  stop: async () => {},
  state: () => ({ state: 'connected', since: new Date(0), qrAttempt: null, qrExpiresAt: null }),
  async send({ id, content }) {
    if (Math.random() < 0.1) {
      throw new NotSentError('busy', { retryable: true })
    }
    if (content.kind === 'otp' && Math.random() < 0.1) {
      throw new NotSentError('recipient_unreachable', { retryable: false })
    }
    appendFileSync(ledger, `sent ${id}\n`)
    await pause(Math.random() * providerMsMax)
    if (Math.random() < 0.05) {
      throw new Error('the connection broke before the answer')
    }
    appendFileSync(ledger, `confirmed ${id}\n`)
    if (Math.random() < 0.3) {
      // Statuses may come before the answer.
      events?.deliveryReported({ identifiedBy: 'message', id, state: 'delivered', at: new Date() })
    }
    return { providerId: `ledger:${id}` }
  },
}

const emailDriver: Driver = {
  ...driver,
  name: 'mail-ledger',
  async send({ id, content }) {
    appendFileSync(ledger, `mailed ${content.kind === 'otp' ? content.code : id}\n`)
    await pause(Math.random() * providerMsMax)
    return { providerId: `mail:${id}` }
  },
}

await runService(async () => {
  const config = readGatewayConfiguration(process.env)
  const log = createLogger({ service: 'whatsapp-gateway', level: config.logLevel })
  const gateway = await createGateway(config, { clock: systemClock, log, driver, emailDriver })
  await gateway.listen()
  return { log, close: () => gateway.close() }
})
