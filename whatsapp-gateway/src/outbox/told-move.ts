import type { DeliveryStatus } from '../drivers/driver.ts'
import type { Move } from './outbox-store.ts'

/** A wanted change of state; with `id` null its message is the one with that id at the provider. */
export interface ToldMove extends Omit<Move, 'id'> {
  readonly id: string | null
}

/** What the provider's word on a message asks for; without a reason of its own it is `provider`. */
export function toldMoveOf(status: DeliveryStatus): ToldMove {
  const { identifiedBy, state: to, at, reason = 'provider' } = status
  const isOurs = identifiedBy === 'message'
  const providerId = isOurs ? status.providerId : status.id
  return {
    id: isOurs ? status.id : null,
    to,
    at,
    reason,
    ...(providerId === undefined ? {} : { providerId }),
  }
}
