import { HelpdeskError } from '@ura/core/errors'
import type { HttpServer } from '@ura/core/http/server'
import { IdempotencyKey } from '@ura/core/ticket-api/schemas'
import { Type } from 'typebox'
import type { ApiContext } from '../context.ts'
import { notModified } from '../http/conditional-request.ts'
import { IfMatchHeaders, requireIfMatch, showingEtag } from '../http/entity-version.ts'
import { errorAnswers } from '../http/error-answers.ts'
import { clientOf, sourceOf } from '../http/request-source.ts'
import { listName } from '../listing/cursor.ts'
import { pageOf } from '../listing/list-schemas.ts'
import { readPage } from '../listing/read-page.ts'
import { editTicket, requireTicketId } from './edit-ticket.ts'
import { planTicketList } from './ticket-list.ts'
import { findTicketSubject, readTicketResources } from './ticket-resource-repository.ts'
import {
  ChangeTicketBody,
  OpenTicketResourceBody,
  TicketListQuery,
  TicketParams,
  TicketResource,
} from './ticket-resource-schemas.ts'

const tags = ['v1: tickets']
const security = [{ sessao: [] }]

/** `/tickets` of `/api/v1`: list, read, open, change. */
export function ticketResourceRoutes(server: HttpServer, context: ApiContext): void {
  listRoute(server, context)
  readRoute(server, context)
  openRoute(server, context)
  changeRoute(server, context)
}

function listRoute(server: HttpServer, { db, keyedHash }: ApiContext): void {
  server.get(
    '/tickets',
    {
      config: { access: 'read' },
      schema: {
        tags,
        security,
        summary: 'Tickets by one filter of whose or which, by status and by period',
        operationId: 'listTickets',
        description:
          'In pages, newest first unless `sort` says otherwise. One filter among user, service, category, origin and assignee; a period of the time that sorts. Anything else is refused, for no index would serve it.',
        querystring: TicketListQuery,
        response: { 200: pageOf(TicketResource), ...errorAnswers },
      },
    },
    async (request) => {
      const { limit, cursor, ...filters } = request.query
      const plan = planTicketList(filters, await findTicketSubject(db, filters))
      const list = listName('tickets', filters)
      const { keys, next } = await readPage({ db, keyedHash, list }, { limit, cursor }, plan)
      const ids = keys.map((key) => Number(key['id']))
      return { items: await readTicketResources(db, ids), next }
    },
  )
}

function readRoute(server: HttpServer, context: ApiContext): void {
  server.get(
    '/tickets/:protocol',
    {
      config: { access: 'read' },
      schema: {
        tags,
        security,
        summary: 'One ticket; its ETag is for If-Match',
        operationId: 'readTicket',
        description: 'Everything of one ticket but its history.',
        errors: ['CHAMADO_NAO_ENCONTRADO'],
        params: TicketParams,
        response: { 200: TicketResource, ...notModified, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const ticket = await requireTicketResource(context, requireTicketId(request.params.protocol))
      return await reply.header('etag', ticketEtag(ticket)).send(ticket)
    },
  )
}

function openRoute(server: HttpServer, context: ApiContext): void {
  server.post(
    '/tickets',
    {
      config: { access: 'change' },
      schema: {
        tags,
        security,
        summary: 'Opens a ticket; the same Idempotency-Key opens no other',
        operationId: 'openTicket',
        description: 'As the phone does: the requester is told, by WhatsApp or e-mail.',
        errors: ['USUARIO_NAO_ENCONTRADO', 'SERVICO_INEXISTENTE', 'CHAVE_REUTILIZADA'],
        headers: Type.Object({ 'idempotency-key': Type.Optional(IdempotencyKey) }),
        body: OpenTicketResourceBody,
        response: { 200: TicketResource, 201: TicketResource, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { body, headers } = request
      const { id, replayed } = await context.openTicket({
        userCode: body.userCode,
        service: body.service,
        callId: body.callId ?? null,
        origin: body.origin ?? 'web',
        source: sourceOf(request),
        idempotent: {
          clientId: clientOf(request).id,
          endpoint: 'v1/tickets',
          key: headers['idempotency-key'],
          body,
        },
        fields: { user: 'userCode', service: 'service' },
      })
      const ticket = await requireTicketResource(context, id)
      return await reply
        .code(replayed ? 200 : 201)
        .header('etag', ticketEtag(ticket))
        .header('location', `/api/v1/tickets/${ticket.protocol}`)
        .send(ticket)
    },
  )
}

function changeRoute(server: HttpServer, context: ApiContext): void {
  server.patch(
    '/tickets/:protocol',
    {
      config: { access: 'change' },
      schema: {
        tags,
        security,
        summary: 'Changes status, assignee or service of a ticket as it was read',
        operationId: 'changeTicket',
        description:
          'Needs the ETag of the ticket as it was read; each change becomes an event. The requester is told of a new status.',
        errors: [
          'CHAMADO_NAO_ENCONTRADO',
          'SERVICO_INEXISTENTE',
          'MUDANCA_NAO_PERMITIDA',
          'VERSAO_DIVERGENTE',
          'VERSAO_AUSENTE',
        ],
        headers: IfMatchHeaders,
        params: TicketParams,
        body: ChangeTicketBody,
        response: { 200: TicketResource, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { params, body, headers } = request
      const id = await editTicket(context, {
        protocol: params.protocol,
        body,
        ifMatch: requireIfMatch(headers['if-match']),
        source: sourceOf(request),
      })
      const ticket = await requireTicketResource(context, id)
      return await reply.header('etag', ticketEtag(ticket)).send(ticket)
    },
  )
}

async function requireTicketResource({ db }: Pick<ApiContext, 'db'>, id: number): Promise<TicketResource> {
  const [ticket] = await readTicketResources(db, [id])
  if (ticket === undefined) {
    throw new HelpdeskError('CHAMADO_NAO_ENCONTRADO', { field: 'protocol' })
  }
  return ticket
}

function ticketEtag({ version, user, service, category, rating }: TicketResource): string {
  return showingEtag(version, [user.code, user.name, service.name, category.name, `${rating}`])
}
