import type { RatingMoment } from '@ura/core/ticket-api/schemas'
import type { Call } from '../call/call.ts'
import { prompt } from '../call/sound.ts'

/** What a rating is about, and whom the question needs. */
export interface RatedCall extends Pick<Call, 'callId' | 'line' | 'ticketApi' | 'log'> {
  /** Work that goes on when the caller hangs up after the key. */
  goOn(work: Promise<void>): void
}

export interface RatedSubject {
  moment: RatingMoment
  ticket: { userCode: string; protocol: string } | null
}

/** How long a rating may take to reach the API, milliseconds; the caller hangs up or goes on meanwhile. */
const sendingMs = 5_000

/**
 * Asks once for a score from 1 to 5. Silence and any other key go on without a second question; whether the score could
 * be kept is no concern of the caller's.
 */
export async function askSatisfaction(call: RatedCall, subject: RatedSubject): Promise<void> {
  const key = await call.line.askKey(prompt('ask-satisfaction'))
  const score = key === null ? Number.NaN : Number.parseInt(key, 10)
  if (!(score >= 1 && score <= 5)) {
    return
  }
  // Not ended by a hangup: whoever keyed a score and hangs up has given it.
  const rating = call.ticketApi.rate(
    { callId: call.callId, score, ...subject },
    AbortSignal.timeout(sendingMs),
  )
  call.goOn(
    rating.then(
      (isKept) => call.log.info({ isKept }, 'rating'),
      (error: unknown) => call.log.warn({ err: error }, 'a rating could not be kept'),
    ),
  )
  await call.line.say(prompt('satisfaction-thanks'))
}
