import { describe, expect, it } from 'vitest'
import { isSettled, mayMove, messageStates } from './message-state.ts'

/** Every allowed move; what isn't here is refused. */
const allowed: Readonly<Record<string, string>> = {
  queued: 'sending sent delivered read expired superseded',
  sending: 'queued sent delivered read failed unknown',
  sent: 'delivered read failed',
  delivered: 'read',
  read: '',
  failed: 'delivered read',
  expired: '',
  unknown: 'sent delivered read failed',
  superseded: '',
}

describe('the state of a message', () => {
  const moves = messageStates.flatMap((from) => messageStates.map((to) => ({ from, to })))

  it.each(moves)('$from → $to is allowed only by the table', ({ from, to }) => {
    expect(mayMove(from, to)).toBe(allowed[from]?.split(' ').includes(to))
  })

  it('never goes back to a state in which it would be sent, but for the retry of an open send', () => {
    const resent = moves.filter(({ from, to }) => isSettled(from) && !isSettled(to) && mayMove(from, to))
    expect(resent).toEqual([])
  })

  it('is never made to fail by anything after a delivery', () => {
    expect(mayMove('delivered', 'failed')).toBe(false)
    expect(mayMove('read', 'failed')).toBe(false)
  })
})
