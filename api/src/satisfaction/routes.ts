import { HelpdeskError } from '@ura/core/errors'
import type { HttpServer } from '@ura/core/http/server'
import { RateAnswer, RateBody } from '@ura/core/ticket-api/schemas'
import type { ApiContext } from '../context.ts'
import { errorAnswers } from '../http/error-answers.ts'
import { findOwnTicket } from '../tickets/own-ticket.ts'
import { addRating } from './satisfaction-repository.ts'

/** What callers think, in one key. */
export function satisfactionRoutes(server: HttpServer, { db, clock }: ApiContext): void {
  server.post(
    '/avaliar_atendimento',
    {
      schema: {
        tags: ['Chamado'],
        summary: 'Guarda a nota de quem ligou, uma por chamado ou ligação',
        operationId: 'avaliarAtendimento',
        description:
          'Com `usuario` e `chamado`, a nota é do chamado; sem eles, da ligação. A primeira nota fica: outra recebe `status` false.',
        errors: ['CHAMADO_NAO_ENCONTRADO'],
        security: [{ sessao: [] }],
        body: RateBody,
        response: { 200: RateAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const { chamada: callId, momento: moment, nota: score, usuario, chamado } = request.body
      if ((usuario === undefined) !== (chamado === undefined)) {
        const field = usuario === undefined ? 'usuario' : 'chamado'
        throw new HelpdeskError('REQUISICAO_INVALIDA', { message: `Falta o campo "${field}".`, field })
      }
      const ticket =
        usuario === undefined || chamado === undefined ? null : await findOwnTicket(db, { usuario, chamado })
      const rating = { ticketId: ticket?.id ?? null, callId, moment, score }
      return { status: await addRating(db, rating, clock.now()) }
    },
  )
}
