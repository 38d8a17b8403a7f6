import { HelpdeskError } from '@ura/core/errors'
import type { VerifyTicketAnswer } from '@ura/core/ticket-api/schemas'
import type { Requesting } from './requesting.ts'

/** The user's ticket by its protocol, or null for one that is unknown or somebody else's. */
export async function findTicket(
  call: Requesting,
  userCode: string,
  protocol: string,
): Promise<VerifyTicketAnswer | null> {
  try {
    return await call.line.waitFor(call.ticketApi.findTicket({ userCode, protocol }, call.signal))
  } catch (error) {
    if (error instanceof HelpdeskError && error.code === 'CHAMADO_NAO_ENCONTRADO') {
      return null
    }
    throw error
  }
}
