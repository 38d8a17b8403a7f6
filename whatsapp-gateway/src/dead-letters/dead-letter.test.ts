import { describe, expect, it } from 'vitest'
import { deadStates, messageStates } from '../outbox/message-state.ts'
import type { StoredMessage } from '../outbox/outbox-store.ts'
import { judgeReplay } from './dead-letter.ts'

const message: StoredMessage = {
  id: 'm',
  place: 1,
  bodyHash: 'hash',
  channel: 'whatsapp',
  to: '+5545999990001',
  isNotice: false,
  kind: 'text',
  content: { kind: 'text', text: 'oi' },
  state: 'failed',
  tries: 1,
  acceptedAt: new Date(0),
  deadline: new Date(1),
  providerId: null,
  replayOf: null,
  fallbackOf: null,
}
const plain = { isForced: false, isReplayed: false }

describe('a replay', () => {
  it.each(messageStates.filter((state) => !deadStates.some((dead) => dead === state)))(
    'of a message that is %s is refused, by force as well',
    (state) => {
      expect(judgeReplay({ ...message, state }, { ...plain, isForced: true })).toEqual({
        refusal: 'not_dead',
      })
    },
  )

  it.each(['failed', 'expired'] as const)('of a text that %s is right', (state) => {
    expect(judgeReplay({ ...message, state }, plain)).toEqual({ state })
  })

  it('of a text that may have arrived takes force', () => {
    const unknown = { ...message, state: 'unknown' } as const
    expect(judgeReplay(unknown, plain)).toEqual({ refusal: 'may_have_arrived' })
    expect(judgeReplay(unknown, { ...plain, isForced: true })).toEqual({ state: 'unknown' })
  })

  it.each([
    ['code', { kind: 'otp', content: null }, {}],
    ['no_text', { content: null }, {}],
    ['replayed', { content: null }, { isReplayed: true }],
  ] as const)('is refused for %s', (refusal, fields, options) => {
    expect(judgeReplay({ ...message, ...fields }, { ...plain, ...options, isForced: true })).toEqual({
      refusal,
    })
  })
})
