/**
 * The life of a message. `queued` and `sending` are open; every other state is settled: the outbox is done with it,
 * and only the provider's word can still move it on.
 */
export const messageStates = [
  'queued',
  'sending',
  'sent',
  'delivered',
  'read',
  'failed',
  'expired',
  'unknown',
  // A newer notice on the same topic took its place while it waited.
  'superseded',
] as const

export type MessageState = (typeof messageStates)[number]

const followers: Readonly<Record<MessageState, readonly MessageState[]>> = {
  // `sent` and later without `sending`: a try was taken for unsent, and the provider's status proves otherwise.
  queued: ['sending', 'sent', 'delivered', 'read', 'expired', 'superseded'],
  // Back to `queued` is the retry of what is known unsent; statuses may come before the send's own answer.
  sending: ['queued', 'sent', 'delivered', 'read', 'failed', 'unknown'],
  sent: ['delivered', 'read', 'failed'],
  delivered: ['read'],
  read: [],
  // Statuses come in any order, and a delivery is proof against a failure told before it.
  failed: ['delivered', 'read'],
  expired: [],
  superseded: [],
  // Never back to `queued`: the message may have left, so it is never blindly sent again.
  unknown: ['sent', 'delivered', 'read', 'failed'],
}

/** Whether a message may go from one state to the other; states only move forward, but for the retry of a send. */
export function mayMove(from: MessageState, to: MessageState): boolean {
  return followers[from].includes(to)
}

/** Whether the outbox is done with a message in this state. */
export function isSettled(state: MessageState): boolean {
  return state !== 'queued' && state !== 'sending'
}

/** The ends from which a message does not get to its person by itself: dead letters. */
export const deadStates = ['failed', 'expired', 'unknown'] as const satisfies readonly MessageState[]

export type DeadState = (typeof deadStates)[number]

/** Whether a message in this state is a dead letter. */
export function isDead(state: MessageState): state is DeadState {
  return deadStates.some((dead) => dead === state)
}
