import type { Call } from '../call/call.ts'

/** What a request to the ticket API needs of the call it is made in. */
export type Requesting = Pick<
  Call,
  'callId' | 'callingNumber' | 'line' | 'signal' | 'ticketApi' | 'nextIdempotencyKey'
>
