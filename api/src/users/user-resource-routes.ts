import type { HttpServer } from '@ura/core/http/server'
import type { ApiContext } from '../context.ts'
import { notModified } from '../http/conditional-request.ts'
import { IfMatchHeaders, requireIfMatch } from '../http/entity-version.ts'
import { errorAnswers } from '../http/error-answers.ts'
import { sourceOf } from '../http/request-source.ts'
import { listName } from '../listing/cursor.ts'
import { pageOf } from '../listing/list-schemas.ts'
import { readPage } from '../listing/read-page.ts'
import { planUserList } from './user-list.ts'
import { findUsersByKey } from './user-repository.ts'
import {
  AddUserBody,
  ChangeUserBody,
  UserListQuery,
  UserParams,
  UserResource,
} from './user-resource-schemas.ts'
import { editUser, registerUser, requireUser, userEtag, userResource } from './user-resources.ts'

const tags = ['v1: users']
const security = [{ sessao: [] }]

/** `/users` of `/api/v1`: list, read, add, change. */
export function userResourceRoutes(server: HttpServer, context: ApiContext): void {
  readRoutes(server, context)
  addRoute(server, context)
  changeRoute(server, context)
}

function readRoutes(server: HttpServer, context: ApiContext): void {
  const { db, keyedHash } = context
  server.get(
    '/users',
    {
      config: { access: 'read' },
      schema: {
        tags,
        security,
        summary: 'Users by code, or by the beginning of their name',
        operationId: 'listUsers',
        description:
          'In pages, those who were switched off too. One filter: code, name, WhatsApp number or extension.',
        querystring: UserListQuery,
        response: { 200: pageOf(UserResource), ...errorAnswers },
      },
    },
    async (request) => {
      const { limit, cursor, ...filters } = request.query
      const plan = planUserList(filters)
      const list = listName('users', filters)
      const { keys, next } = await readPage({ db, keyedHash, list }, { limit, cursor }, plan)
      return { items: (await findUsersByKey(db, keys)).map(userResource), next }
    },
  )
  server.get(
    '/users/:code',
    {
      config: { access: 'read' },
      schema: {
        tags,
        security,
        summary: 'One user, active or not; the ETag is for If-Match',
        operationId: 'readUser',
        description: 'WhatsApp number and e-mail are masked.',
        errors: ['USUARIO_NAO_ENCONTRADO'],
        params: UserParams,
        response: { 200: UserResource, ...notModified, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const user = await requireUser(db, request.params.code)
      return await reply.header('etag', userEtag(context.keyedHash, user)).send(userResource(user))
    },
  )
}

function addRoute(server: HttpServer, context: ApiContext): void {
  server.post(
    '/users',
    {
      config: { access: 'administer' },
      schema: {
        tags,
        security,
        summary: 'Adds a user',
        operationId: 'addUser',
        description: 'The code is what the person keys on the phone; it can not be changed later.',
        errors: ['USUARIO_JA_EXISTE'],
        body: AddUserBody,
        response: { 201: UserResource, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const user = await registerUser(context, request.body, sourceOf(request))
      return await reply
        .code(201)
        .header('etag', userEtag(context.keyedHash, user))
        .header('location', `/api/v1/users/${user.code}`)
        .send(userResource(user))
    },
  )
}

function changeRoute(server: HttpServer, context: ApiContext): void {
  server.patch(
    '/users/:code',
    {
      config: { access: 'administer' },
      schema: {
        tags,
        security,
        summary: 'Changes a user as it was read',
        operationId: 'changeUser',
        description: 'Needs the ETag of the user as it was read.',
        errors: ['USUARIO_NAO_ENCONTRADO', 'VERSAO_DIVERGENTE', 'VERSAO_AUSENTE'],
        headers: IfMatchHeaders,
        params: UserParams,
        body: ChangeUserBody,
        response: { 200: UserResource, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { params, body, headers } = request
      const ifMatch = requireIfMatch(headers['if-match'])
      const user = await editUser(context, { code: params.code, body, ifMatch, source: sourceOf(request) })
      return await reply.header('etag', userEtag(context.keyedHash, user)).send(userResource(user))
    },
  )
}
