import { describe, expect, it } from 'vitest'
import { NotSentError } from '../drivers/driver.ts'
import { GivenUpError, moveAfterError, retryDelayMs } from './send-outcome.ts'

const retry = { triesMax: 3, delayMs: 1_000, delayMaxMs: 5_000 }
const at = new Date('2026-03-10T17:30:00Z')

function after(error: unknown, tries = 1) {
  return moveAfterError(error, { id: 'm', tries, at, random: () => 0, retry })
}

describe('a failed send', () => {
  it('is tried again when it is known unsent and tries are left', () => {
    expect(after(new NotSentError('busy', { retryable: true }))).toEqual({
      id: 'm',
      to: 'queued',
      at,
      reason: 'busy',
      dueAt: new Date(at.getTime() + 500),
    })
  })

  it('fails for good with the last try', () => {
    expect(after(new NotSentError('busy', { retryable: true }), 3)).toMatchObject({ to: 'failed' })
  })

  it('waits for as long as the provider says', () => {
    expect(after(new NotSentError('busy', { retryable: true, retryAfterMs: 60_000 }))).toMatchObject({
      dueAt: new Date(at.getTime() + 60_000),
    })
  })

  it('is tried until its deadline when it is the channel that can not', () => {
    const paused = new NotSentError('channel_paused', { retryable: true, untilDeadline: true })
    expect(after(paused, 100)).toMatchObject({ to: 'queued', reason: 'channel_paused' })
  })

  it('fails at once when trying again cannot help', () => {
    expect(after(new NotSentError('not_on_whatsapp', { retryable: false }))).toMatchObject({
      to: 'failed',
      reason: 'not_on_whatsapp',
    })
  })

  it.each([
    ['timeout', new GivenUpError('timeout')],
    ['shutdown', new GivenUpError('shutdown')],
    ['driver_error', new TypeError('socket hang up')],
    ['driver_error', 'a bare string, as venom-bot rejects'],
  ])('is unknown (%s) when the message may have left', (reason, error) => {
    expect(after(error)).toEqual({ id: 'm', to: 'unknown', at, reason })
  })
})

describe('the delay before a retry', () => {
  it('doubles, stays under its bound and is spread from half to whole', () => {
    const delays = (random: number) => [1, 2, 3, 4].map((tries) => retryDelayMs(tries, random, retry))
    expect(delays(0)).toEqual([500, 1_000, 2_000, 2_500])
    expect(delays(1)).toEqual([1_000, 2_000, 4_000, 5_000])
  })
})
