import { setTimeout as delay } from 'node:timers/promises'
import { percentile } from '../harness/statistics.ts'
import { keysPerCall } from './caller-scenario.ts'
import { DeadAir } from './dead-air.ts'
import type { CallBurst, Stage } from './stage.ts'

/** What became of a burst of calls. */
export interface BurstOutcome {
  calls: number
  /** Calls that SIPp saw fail, or that opened no ticket where they should. */
  failed: number
  concurrentMax: number
  /** From a caller's digit to the next sound, of all turns; infinite when sounds were missing. */
  deadAirP50Ms: number
  deadAirP99Ms: number
}

/** What a sustained load is. */
export const wanted = { failedPart: 0.001, deadAirP99Ms: 300 }

const lookMs = 200
/** Callers give up long before, and an exchange that still has a call then would be measured with it. */
const idleMaxMs = 120_000

/**
 * Makes the calls and judges them by the database and by Asterisk's own events; begins once the calls of the burst
 * before are over, since those of an overloaded one go on when its callers have gone.
 */
export async function judgeBurst(stage: Stage, burst: CallBurst): Promise<BurstOutcome> {
  await untilIdle(stage)
  const deadAir = new DeadAir()
  const stopListening = stage.exchange.onEvent(deadAir.take)
  const before = await stage.services.api.run('tickets')
  const counts = await stage.call(burst)
  const after = await stage.services.api.run('tickets')
  stopListening()
  const opened = Math.min(after.tickets - before.tickets, after.calls - before.calls)
  const withoutTicket = burst.way === 'dialplan' ? 0 : burst.calls - opened
  const turnsMs = deadAir.takeTurnsMs()
  const isWhole = turnsMs.length >= keysPerCall * burst.calls * (1 - wanted.failedPart)
  return {
    calls: burst.calls,
    failed: Math.max(withoutTicket, burst.calls - counts.successful),
    concurrentMax: counts.concurrentMax,
    deadAirP50Ms: isWhole ? percentile(turnsMs, 50) : Infinity,
    deadAirP99Ms: isWhole ? percentile(turnsMs, 99) : Infinity,
  }
}

/** @throws Error when calls are open for longer than callers wait */
async function untilIdle({ exchange, services }: Stage): Promise<void> {
  const deadlineMs = performance.now() + idleMaxMs
  for (;;) {
    const channels = await exchange.countChannels()
    const records = await Promise.all(services.agi.map(async (agi) => (await agi.run('activity')).records))
    if (channels === 0 && records.every((count) => count === 0)) return
    if (performance.now() > deadlineMs) throw new Error(`${channels} channels stayed open after a burst`)
    await delay(lookMs)
  }
}

/** Whether a burst was borne. */
export function isSustained({ calls, failed, deadAirP99Ms }: BurstOutcome): boolean {
  return failed < calls * wanted.failedPart && deadAirP99Ms < wanted.deadAirP99Ms
}

/** A burst in one line. */
export function burstText({ calls, failed, concurrentMax, ...rest }: BurstOutcome): string {
  const { deadAirP50Ms, deadAirP99Ms } = rest
  return (
    `${calls} calls, ${failed} failed, ${concurrentMax} at once, ` +
    `dead air p50 ${deadAirP50Ms.toFixed(0)} ms, p99 ${deadAirP99Ms.toFixed(0)} ms`
  )
}
