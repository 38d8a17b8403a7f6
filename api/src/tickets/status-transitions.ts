import type { TicketStatus } from '@ura/core/ticket-api/schemas'

/**
 * Which status may follow which, for programs. Work goes on in any order until a ticket is resolved; a resolved one is
 * closed or taken up again; what is closed or cancelled stays so.
 */
export const statusTransitions: Readonly<Record<TicketStatus, readonly TicketStatus[]>> = {
  aberto: ['em_atendimento', 'aguardando_usuario', 'resolvido', 'cancelado'],
  em_atendimento: ['aberto', 'aguardando_usuario', 'resolvido', 'cancelado'],
  aguardando_usuario: ['aberto', 'em_atendimento', 'resolvido', 'cancelado'],
  resolvido: ['em_atendimento', 'fechado'],
  fechado: [],
  cancelado: [],
}

/** Whether a ticket may go from one status to another; staying in one is no change. */
export function isStatusAllowed(from: TicketStatus, to: TicketStatus): boolean {
  return from === to || statusTransitions[from].includes(to)
}
