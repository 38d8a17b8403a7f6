import { HelpdeskError } from '@ura/core/errors'
import type { Database } from '../database/schema.ts'
import { findActiveUser } from '../users/user-repository.ts'
import { ticketIdOf } from './protocol.ts'
import { findTicket, type Ticket } from './ticket-repository.ts'

/**
 * An active user's own ticket: one answer for a mistyped, an unknown and another user's protocol, so that nobody can
 * feel out tickets.
 * @throws HelpdeskError CHAMADO_NAO_ENCONTRADO
 */
export async function findOwnTicket(
  db: Database,
  query: { usuario: string; chamado: string },
): Promise<Ticket> {
  const id = ticketIdOf(query.chamado)
  const user = await findActiveUser(db, query.usuario)
  const ticket = id === null ? null : await findTicket(db, id)
  if (ticket === null || user === null || ticket.userId !== user.id) {
    throw new HelpdeskError('CHAMADO_NAO_ENCONTRADO', { field: 'chamado' })
  }
  return ticket
}
