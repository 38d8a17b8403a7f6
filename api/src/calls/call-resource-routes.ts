import { HelpdeskError } from '@ura/core/errors'
import type { HttpServer } from '@ura/core/http/server'
import type { ApiContext } from '../context.ts'
import { errorAnswers } from '../http/error-answers.ts'
import { listName } from '../listing/cursor.ts'
import { pageOf } from '../listing/list-schemas.ts'
import { readPage } from '../listing/read-page.ts'
import { planCallList } from './call-list.ts'
import {
  CallListQuery,
  CallParams,
  CallResource,
  CallRounds,
  findCallRounds,
  findCallsByKey,
} from './call-resources.ts'

const tags = ['v1: calls']
const security = [{ sessao: [] }]

/** `/calls` of `/api/v1`: what became of calls, their numbers masked. */
export function callResourceRoutes(server: HttpServer, { db, keyedHash }: ApiContext): void {
  server.get(
    '/calls',
    {
      config: { access: 'read' },
      schema: {
        tags,
        security,
        summary: 'Calls by period, user and outcome',
        operationId: 'listCalls',
        description: 'In pages, newest first unless `sort` says otherwise; numbers are masked.',
        querystring: CallListQuery,
        response: { 200: pageOf(CallResource), ...errorAnswers },
      },
    },
    async (request) => {
      const { limit, cursor, ...filters } = request.query
      const list = listName('calls', filters)
      const page = await readPage({ db, keyedHash, list }, { limit, cursor }, planCallList(filters))
      return { items: await findCallsByKey(db, page.keys), next: page.next }
    },
  )
  server.get(
    '/calls/:callId',
    {
      config: { access: 'read' },
      schema: {
        tags,
        security,
        summary: 'One call: each time it entered the menus, step by step',
        operationId: 'readCall',
        description: 'By the linked id that Asterisk gave it.',
        errors: ['LIGACAO_NAO_ENCONTRADA'],
        params: CallParams,
        response: { 200: CallRounds, ...errorAnswers },
      },
    },
    async (request) => {
      const rounds = await findCallRounds(db, request.params.callId)
      if (rounds.length === 0) {
        throw new HelpdeskError('LIGACAO_NAO_ENCONTRADA', { field: 'callId' })
      }
      return { rounds }
    },
  )
}
