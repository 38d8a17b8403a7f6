import type { HttpServer } from '@ura/core/http/server'
import { IdempotencyKey } from '@ura/core/ticket-api/schemas'
import { Type } from 'typebox'
import type { ApiContext } from '../context.ts'
import { errorAnswers } from '../http/error-answers.ts'
import { clientOf, sourceOf } from '../http/request-source.ts'
import { pageOf } from '../listing/list-schemas.ts'
import { noteTicket, readTicketEvents, readTicketNotes } from './ticket-history.ts'
import {
  AddNoteBody,
  HistoryQuery,
  TicketEventResource,
  TicketNoteResource,
  TicketParams,
} from './ticket-resource-schemas.ts'

const tags = ['v1: tickets']
const security = [{ sessao: [] }]

/** `/tickets/:protocol/events` and `/notes` of `/api/v1`. */
export function ticketHistoryRoutes(server: HttpServer, context: ApiContext): void {
  server.get(
    '/tickets/:protocol/events',
    {
      config: { access: 'read' },
      schema: {
        tags,
        security,
        summary: "A ticket's changes, oldest first",
        operationId: 'listTicketEvents',
        description: 'Who changed what, when, from what and to what; the opening is the first.',
        errors: ['CHAMADO_NAO_ENCONTRADO'],
        params: TicketParams,
        querystring: HistoryQuery,
        response: { 200: pageOf(TicketEventResource), ...errorAnswers },
      },
    },
    async (request) => await readTicketEvents(context, request.params.protocol, request.query),
  )
  server.get(
    '/tickets/:protocol/notes',
    {
      config: { access: 'read' },
      schema: {
        tags,
        security,
        summary: "A ticket's notes, oldest first",
        operationId: 'listTicketNotes',
        description: 'What technicians wrote down; callers never hear it.',
        errors: ['CHAMADO_NAO_ENCONTRADO'],
        params: TicketParams,
        querystring: HistoryQuery,
        response: { 200: pageOf(TicketNoteResource), ...errorAnswers },
      },
    },
    async (request) => await readTicketNotes(context, request.params.protocol, request.query),
  )
  addNoteRoute(server, context)
}

function addNoteRoute(server: HttpServer, context: ApiContext): void {
  server.post(
    '/tickets/:protocol/notes',
    {
      config: { access: 'change' },
      schema: {
        tags,
        security,
        summary: 'Adds a note; the same Idempotency-Key adds no other',
        operationId: 'addTicketNote',
        description: 'The author is the name of the client that adds it.',
        errors: ['CHAMADO_NAO_ENCONTRADO', 'CHAVE_REUTILIZADA'],
        headers: Type.Object({ 'idempotency-key': Type.Optional(IdempotencyKey) }),
        params: TicketParams,
        body: AddNoteBody,
        response: { 200: TicketNoteResource, 201: TicketNoteResource, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { note, replayed } = await noteTicket(context, {
        protocol: request.params.protocol,
        text: request.body.text,
        source: sourceOf(request),
        idempotent: { clientId: clientOf(request).id, key: request.headers['idempotency-key'] },
      })
      return await reply.code(replayed ? 200 : 201).send(note)
    },
  )
}
