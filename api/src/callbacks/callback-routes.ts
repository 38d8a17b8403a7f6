import type { HttpServer } from '@ura/core/http/server'
import type { ApiContext } from '../context.ts'
import { inTransaction } from '../database/transaction.ts'
import { notModified } from '../http/conditional-request.ts'
import { IfMatchHeaders, requireIfMatch, requireVersion, showingEtag } from '../http/entity-version.ts'
import { errorAnswers } from '../http/error-answers.ts'
import { sourceOf } from '../http/request-source.ts'
import { listName } from '../listing/cursor.ts'
import { pageOf } from '../listing/list-schemas.ts'
import { readPage } from '../listing/read-page.ts'
import { planCallbackList } from './callback-list.ts'
import {
  CallbackListQuery,
  CallbackParams,
  CallbackResource,
  ChangeCallbackBody,
  findCallbacksByKey,
} from './callback-resources.ts'
import { editCallback, requireCallback } from './edit-callback.ts'

const tags = ['v1: callbacks']
const security = [{ sessao: [] }]

/** `/callbacks` of `/api/v1`: who hung up before the ticket and is to be called back. */
export function callbackRoutes(server: HttpServer, context: ApiContext): void {
  listRoute(server, context)
  readRoute(server, context)
  changeRoute(server, context)
}

function listRoute(server: HttpServer, { db, keyedHash }: ApiContext): void {
  server.get(
    '/callbacks',
    {
      config: { access: 'read' },
      schema: {
        tags,
        security,
        summary: 'Callbacks by state, user and period; by default those that wait',
        operationId: 'listCallbacks',
        description:
          'A callback is a call whose caller was proved by an access code and that ended, by a hangup or a failure, without a ticket, a technician or an answer. It is over (`superseded`) when that person gets a ticket. In pages, newest first unless `sort` says otherwise; numbers are masked.',
        querystring: CallbackListQuery,
        response: { 200: pageOf(CallbackResource), ...errorAnswers },
      },
    },
    async (request) => {
      const { limit, cursor, ...filters } = request.query
      const list = listName('callbacks', filters)
      const page = await readPage({ db, keyedHash, list }, { limit, cursor }, planCallbackList(filters))
      return { items: await findCallbacksByKey(db, page.keys), next: page.next }
    },
  )
}

function readRoute(server: HttpServer, { db }: ApiContext): void {
  server.get(
    '/callbacks/:callId/:round',
    {
      config: { access: 'read' },
      schema: {
        tags,
        security,
        summary: 'One callback; its ETag is for If-Match',
        operationId: 'readCallback',
        description: "By the call's linked id and which of its entries into the menus.",
        errors: ['LIGACAO_NAO_ENCONTRADA'],
        params: CallbackParams,
        response: { 200: CallbackResource, ...notModified, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const callback = await requireCallback(db, request.params)
      return await reply.header('etag', callbackEtag(callback)).send(callback)
    },
  )
}

function changeRoute(server: HttpServer, { db, clock }: ApiContext): void {
  server.patch(
    '/callbacks/:callId/:round',
    {
      config: { access: 'change' },
      schema: {
        tags,
        security,
        summary: 'Marks a callback as done, or as waiting again, as it was read',
        operationId: 'changeCallback',
        description:
          'Needs the ETag of the callback as it was read; who and when is kept. One whose person has a ticket since can not be changed.',
        errors: ['LIGACAO_NAO_ENCONTRADA', 'MUDANCA_NAO_PERMITIDA', 'VERSAO_DIVERGENTE', 'VERSAO_AUSENTE'],
        headers: IfMatchHeaders,
        params: CallbackParams,
        body: ChangeCallbackBody,
        response: { 200: CallbackResource, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { params, body, headers } = request
      const ifMatch = requireIfMatch(headers['if-match'])
      const callback = await inTransaction(db, (trx) =>
        editCallback(trx, {
          key: params,
          done: body.done,
          source: sourceOf(request),
          now: clock.now(),
          require: ({ version }) => requireVersion(ifMatch, version),
        }),
      )
      return await reply.header('etag', callbackEtag(callback)).send(callback)
    },
  )
}

function callbackEtag({ version, user, service }: CallbackResource): string {
  return showingEtag(version, [user.code, user.name, service?.name ?? ''])
}
