import { HelpdeskError } from '@ura/core/errors'
import type { ApiContext } from '../context.ts'
import { isUniqueViolation } from '@ura/core/database/database-errors'
import { GroupCommit } from '../database/group-commit.ts'
import { inTransaction } from '../database/transaction.ts'
import { type OpenedTicket, openTickets, type OpenTicketRequest } from './open-tickets.ts'

/** Two, so that the database is at work on one group while the next is made ready; a third gained nothing. */
const grouping = { sizeMax: 32, concurrencyMax: 2, patienceMs: 50 }

/**
 * Opens a ticket, once for an idempotency key, and has its protocol sent in the background.
 * @throws HelpdeskError USUARIO_NAO_ENCONTRADO, USUARIO_NAO_IDENTIFICADO (audited), SERVICO_INEXISTENTE, CHAVE_REUTILIZADA
 */
export type OpenTicket = (request: OpenTicketRequest) => Promise<Omit<OpenedTicket, 'notice'>>

/** Tickets that are asked for at the same time are opened in one transaction. */
export function createOpenTicket(
  context: Pick<ApiContext, 'db' | 'clock' | 'keyedHash' | 'notifier' | 'metrics' | 'recordRefusal'>,
): OpenTicket {
  const { notifier, metrics, recordRefusal, clock } = context
  const group = new GroupCommit({
    ...grouping,
    write: (requests: readonly OpenTicketRequest[]) => openTogether(context, requests),
  })
  return async (request) => {
    const outcome = await group.submit(request)
    if (outcome instanceof HelpdeskError) {
      if (outcome.code === 'USUARIO_NAO_IDENTIFICADO') {
        const { source, userCode, callId } = request
        const detail = { call: callId }
        await recordRefusal({ event: 'ticket_refused', source, userCode, at: clock.now(), detail })
      }
      throw outcome
    }
    const { notice, ...ticket } = outcome
    if (!ticket.replayed) {
      metrics.tickets.inc()
    }
    if (notice !== null) {
      notifier.tell(notice, request.source.requestId)
    }
    return ticket
  }
}

async function openTogether(
  context: Pick<ApiContext, 'db' | 'clock' | 'keyedHash'>,
  requests: readonly OpenTicketRequest[],
): Promise<(OpenedTicket | HelpdeskError)[]> {
  const { db, clock, keyedHash } = context
  const open = () => inTransaction(db, (trx) => openTickets({ trx, keyedHash, now: clock.now() }, requests))
  try {
    return await open()
  } catch (error) {
    if (!isUniqueViolation(error)) {
      throw error
    }
    // Another transaction was first with one of the keys: whoever has it finds it now, the others have nothing to do
    // with it.
    return requests.length === 1
      ? await open()
      : (await Promise.all(requests.map((request) => openTogether(context, [request])))).flat()
  }
}
