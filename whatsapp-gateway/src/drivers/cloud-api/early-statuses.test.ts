import { expect, it } from 'vitest'
import { EarlyStatuses } from './early-statuses.ts'
import type { CloudStatus } from './webhook-payload.ts'

const start = new Date('2026-03-10T17:30:00Z')

function status(providerId: string, state: CloudStatus['state'] = 'sent'): CloudStatus {
  return { providerId, state, at: start, messageId: null, errorCode: null }
}

it('gives the statuses of one message, once, in their order', () => {
  const early = new EarlyStatuses()
  early.keep(status('one', 'delivered'), start)
  early.keep(status('two'), start)
  early.keep(status('one', 'read'), start)
  expect(early.take('one').map(({ state }) => state)).toEqual(['delivered', 'read'])
  expect(early.take('one')).toEqual([])
  expect(early.take('two')).toHaveLength(1)
})

it('keeps the newest 1,000, for 10 minutes', () => {
  const early = new EarlyStatuses()
  for (let index = 0; index <= 1_000; index += 1) {
    early.keep(status(`id-${index}`), start)
  }
  expect(early.take('id-0')).toEqual([])
  expect(early.take('id-1')).toHaveLength(1)
  early.keep(status('later'), new Date(start.getTime() + 10 * 60_000))
  expect(early.take('id-2')).toEqual([])
  expect(early.take('later')).toHaveLength(1)
})
