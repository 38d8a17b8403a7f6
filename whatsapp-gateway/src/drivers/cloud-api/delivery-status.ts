import type { DeliveryStatus } from '../driver.ts'
import { classOfGraphError, failureReasons } from './graph-error.ts'
import type { CloudStatus } from './webhook-payload.ts'

/** A status of the Cloud API as the outbox takes it, of the message with the outbox's id, or found by the provider's. */
export function deliveryStatusOf(status: CloudStatus, messageId: string | null, now: Date): DeliveryStatus {
  const { providerId, state, at, errorCode } = status
  const reason = failureReasons[classOfGraphError(errorCode, null)]
  return {
    ...(messageId === null
      ? { identifiedBy: 'provider', id: providerId }
      : { identifiedBy: 'message', id: messageId, providerId }),
    state,
    // A provider's clock that runs ahead would put the history out of order.
    at: at === null || at > now ? now : at,
    ...(state === 'failed' ? { reason } : {}),
  }
}
