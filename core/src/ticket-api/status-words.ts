import type { TicketStatus } from './schemas.ts'

/** What a person hears or reads for a status (pt-BR). */
export const statusWords: Readonly<Record<TicketStatus, string>> = {
  aberto: 'aberto',
  em_atendimento: 'em atendimento',
  aguardando_usuario: 'aguardando você',
  resolvido: 'resolvido',
  fechado: 'fechado',
  cancelado: 'cancelado',
}
