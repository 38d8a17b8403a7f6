import { describe, expect, it } from 'vitest'
import { cloudApiPace } from '../drivers/cloud-api/cloud-api-driver.ts'
import { consolePace } from '../drivers/console-driver.ts'
import type { DriverPace, OutgoingMessage } from '../drivers/driver.ts'
import { venomPace } from '../drivers/venom/venom-driver.ts'
import { maria, minuteMs, quiet, startDispatcher } from '../testing/dispatcher-under-test.ts'
import { FakeDriver } from '../testing/fake-driver.ts'

const people = 1_000
const dayMs = 24 * 60 * minuteMs

/** A driver that answers at once and remembers when it was handed what. */
class TimedDriver extends FakeDriver {
  readonly times: { to: string; atMs: number }[] = []
  now: () => number = () => 0

  override send(message: OutgoingMessage, signal: AbortSignal): Promise<{ providerId: string }> {
    this.times.push({ to: message.to, atMs: this.now() })
    return super.send(message, signal)
  }
}

/** Has messages sent in a time that jumps from timer to timer; gives when each was handed over. */
async function handovers(
  pace: DriverPace,
  recipients: readonly string[],
  random: () => number,
): Promise<{ to: string; atMs: number }[]> {
  const driver = new TimedDriver({ answersAtOnce: true, pace, state: 'logged_out' })
  const { time, accept } = await startDispatcher(driver, random)
  driver.now = () => time.now().getTime()
  for (const [index, to] of recipients.entries()) {
    await accept(`m${index}`, to, dayMs)
  }
  driver.become('connected')
  await quiet()
  while (driver.times.length < recipients.length && time.untilNextTimerMs !== null) {
    time.advance(time.untilNextTimerMs)
    await quiet()
  }
  return driver.times
}

function intervals(times: readonly { atMs: number }[]): number[] {
  return times.slice(1).map(({ atMs }, index) => atMs - (times[index]?.atMs ?? 0))
}

const everybody = Array.from({ length: people }, (_, index) => `+554599999${1_000 + index}`)

/** What the drivers ask for; a clock of whole milliseconds rounds up. */
const paces = {
  console: consolePace,
  'cloud-api': cloudApiPace,
  venom: venomPace,
} satisfies Record<string, DriverPace>

describe('1,000 queued messages to 1,000 people', () => {
  it.each([
    { driver: 'console', leastMs: 0, mostMs: 0 },
    { driver: 'cloud-api', leastMs: 12.5, mostMs: 13 },
    { driver: 'venom', leastMs: 12_000, mostMs: 18_001 },
  ] as const)(
    'go out by $driver each once, in their order, $leastMs to $mostMs ms apart',
    async ({ driver, leastMs, mostMs }) => {
      let drawn = 0
      const random = (): number => (drawn += 0.618_034) % 1
      const times = await handovers(paces[driver], everybody, random)
      expect(times.map(({ to }) => to)).toEqual(everybody)
      const waits = intervals(times)
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(leastMs)
      expect(Math.max(...waits)).toBeLessThanOrEqual(mostMs)
      expect(new Set(waits).size > people / 2).toBe(driver === 'venom')
    },
    60_000,
  )
})

describe('ten queued messages to one person', () => {
  it.each([
    { driver: 'console', leastMs: 0, mostMs: 0 },
    { driver: 'cloud-api', leastMs: 6_000, mostMs: 6_000 },
    { driver: 'venom', leastMs: 12_000, mostMs: 18_001 },
  ] as const)('go out by $driver $leastMs to $mostMs ms apart', async ({ driver, leastMs, mostMs }) => {
    const recipients = Array.from({ length: 10 }, () => maria)
    const waits = intervals(await handovers(paces[driver], recipients, () => 0.5))
    expect(waits).toHaveLength(9)
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(leastMs)
    expect(Math.max(...waits)).toBeLessThanOrEqual(mostMs)
  })
})
