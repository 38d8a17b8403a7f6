import { createLogger } from '@ura/core/logger'
import { describe, expect, it } from 'vitest'
import { MessageNotAcceptedError } from '../gateway/message-gateway.ts'
import { createTicketNotifier } from './ticket-notifier.ts'

const ticket = { phone: '+5545999990001', protocol: '10017', service: 'Computador não liga' }

function setUp(faults: (string | null)[], retryPausesMs: readonly number[] = [1, 1, 1]) {
  const keys: string[] = []
  const results: string[] = []
  const logged: string[] = []
  const settled = Promise.withResolvers<void>()
  const notifier = createTicketNotifier({
    gateway: {
      async sendText({ idempotencyKey }) {
        keys.push(idempotencyKey)
        const fault = faults[keys.length - 1] ?? null
        if (fault !== null) {
          throw new MessageNotAcceptedError(fault)
        }
      },
    },
    log: createLogger({
      service: 'api',
      level: 'debug',
      destination: { write: (line: string) => void logged.push(line) },
    }),
    onResult: (result) => {
      results.push(result)
      settled.resolve()
    },
    retryPausesMs,
  })
  return { notifier, keys, results, logged, settled: settled.promise }
}

describe('the message of an open ticket', () => {
  it('is tried again under the same key while the gateway is away', async () => {
    const test = setUp(['connection', 'http_503'])
    test.notifier.ticketOpened(ticket)
    await test.settled
    expect(test.keys).toEqual(Array(3).fill('ticket-opened-10017'))
    expect(test.results).toEqual(['sent'])
  })

  it('is given up after four tries; the log has no personal data', async () => {
    const test = setUp(['timeout', 'timeout', 'timeout', 'timeout'])
    test.notifier.ticketOpened(ticket)
    await test.settled
    expect([test.keys.length, test.results]).toEqual([4, ['failed']])
    expect(test.logged.join()).toContain('10017')
    expect(test.logged.join()).not.toContain('99999')
  })

  it('is given up at once when the gateway refuses this very message', async () => {
    const test = setUp(['http_400'])
    test.notifier.ticketOpened(ticket)
    await test.settled
    expect([test.keys.length, test.results]).toEqual([1, ['failed']])
  })

  it("doesn't hold up closing", async () => {
    const test = setUp(['connection', 'connection', 'connection', 'connection'], [60_000, 60_000, 60_000])
    test.notifier.ticketOpened(ticket)
    await test.notifier.close()
    expect(test.results).toEqual(['failed'])
    test.notifier.ticketOpened(ticket)
    expect(test.results).toEqual(['failed', 'failed'])
  })
})
