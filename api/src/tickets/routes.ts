import {
  IdempotencyKey,
  OpenTicketAnswer,
  OpenTicketBody,
  VerifyTicketAnswer,
  VerifyTicketBody,
} from '@ura/core/ticket-api/schemas'
import { Type } from 'typebox'
import type { ApiContext } from '../context.ts'
import { errorAnswers } from '../http/error-answers.ts'
import { clientOf, sourceOf } from '../http/request-source.ts'
import type { HttpServer } from '@ura/core/http/server'
import { findTicketRating } from '../satisfaction/satisfaction-repository.ts'
import { findOwnTicket } from './own-ticket.ts'
import { protocolText, ticketStatusText } from './ticket-text.ts'

export function ticketRoutes(server: HttpServer, context: ApiContext): void {
  openTicketRoute(server, context)
  verifyTicketRoute(server, context)
}

function openTicketRoute(server: HttpServer, context: ApiContext): void {
  server.post(
    '/novo_chamado',
    {
      schema: {
        tags: ['Chamado'],
        summary: 'Abre um chamado; a mesma Idempotency-Key não abre outro',
        operationId: 'abrirChamado',
        description:
          '`servico` é o código estável do catálogo ou a forma do teclado, como `2-3`. O protocolo segue também por mensagem ao usuário: `aviso` diz por onde.',
        errors: [
          'USUARIO_NAO_IDENTIFICADO',
          'USUARIO_NAO_ENCONTRADO',
          'SERVICO_INEXISTENTE',
          'CHAVE_REUTILIZADA',
        ],
        security: [{ sessao: [] }],
        headers: Type.Object({ 'idempotency-key': Type.Optional(IdempotencyKey) }),
        body: OpenTicketBody,
        response: {
          200: { ...OpenTicketAnswer, description: 'A chave já abriu este chamado: nada novo foi aberto' },
          201: OpenTicketAnswer,
          ...errorAnswers,
        },
      },
    },
    async (request, reply) => {
      const { body } = request
      const { protocol, channel, replayed } = await context.openTicket({
        userCode: body.usuario,
        service: body.servico,
        callId: body.chamada ?? null,
        origin: body.origem ?? 'telefone',
        requiresIdentification: body.exige_identificacao === true,
        source: sourceOf(request),
        idempotent: {
          clientId: clientOf(request).id,
          endpoint: 'novo_chamado',
          key: request.headers['idempotency-key'],
          body,
        },
        fields: { user: 'usuario', service: 'servico' },
      })
      const audio = await context.audio({ text: protocolText(protocol), kind: 'personal' }, request.id)
      return await reply
        .code(replayed ? 200 : 201)
        .send({ status: true, protocolo: protocol, aviso: channel, ...audio })
    },
  )
}

function verifyTicketRoute(server: HttpServer, context: ApiContext): void {
  server.post(
    '/verificar_chamado',
    {
      schema: {
        tags: ['Chamado'],
        summary: 'A situação de um chamado do próprio usuário',
        operationId: 'verificarChamado',
        description:
          'Um protocolo digitado errado, desconhecido ou de outro usuário recebe a mesma resposta 404.',
        errors: ['CHAMADO_NAO_ENCONTRADO'],
        security: [{ sessao: [] }],
        body: VerifyTicketBody,
        response: { 200: VerifyTicketAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const ticket = await findOwnTicket(context.db, request.body)
      const { timeZone } = context.config
      const text = ticketStatusText(ticket, { now: context.clock.now(), timeZone })
      return {
        status: true as const,
        chamado: {
          protocolo: ticket.protocol,
          situacao: ticket.status,
          servico: ticket.service,
          categoria: ticket.category,
          aberto_em: ticket.openedAt.toISOString(),
          atualizado_em: ticket.updatedAt.toISOString(),
          avaliado: (await findTicketRating(context.db, ticket.id)) !== null,
        },
        ...(await context.audio({ text, kind: 'personal' }, request.id)),
      }
    },
  )
}
