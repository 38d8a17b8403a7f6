import type { HttpServer } from '@ura/core/http/server'
import type { ApiContext } from '../context.ts'
import { notModified } from '../http/conditional-request.ts'
import { IfMatchHeaders, requireIfMatch } from '../http/entity-version.ts'
import { errorAnswers } from '../http/error-answers.ts'
import { sourceOf } from '../http/request-source.ts'
import {
  CategoriesAnswer,
  categoriesEtag,
  ChangeServiceBody,
  editService,
  readCategories,
  ServiceParams,
} from './service-resources.ts'

const tags = ['v1: services']
const security = [{ sessao: [] }]

/** `/services` of `/api/v1`: the catalogue, retired entries included, and changes of a service. */
export function serviceResourceRoutes(server: HttpServer, context: ApiContext): void {
  server.get(
    '/services',
    {
      config: { access: 'read' },
      schema: {
        tags,
        security,
        summary: 'Categories and their services; the ETag is of the whole catalogue',
        operationId: 'listServices',
        description: 'What is switched off or retired as well, in the order of the menus.',
        response: { 200: CategoriesAnswer, ...notModified, ...errorAnswers },
      },
    },
    async (_request, reply) => {
      const categories = await readCategories(context.db)
      return await reply.header('etag', categoriesEtag(categories)).send({ categories })
    },
  )
  server.patch(
    '/services/:code',
    {
      config: { access: 'administer' },
      schema: {
        tags,
        security,
        summary: 'Renames a service of the catalogue as it was read, or switches it on or off',
        operationId: 'changeService',
        description: 'Needs the ETag of the catalogue as it was read; the next call hears the change.',
        errors: ['SERVICO_INEXISTENTE', 'MUDANCA_NAO_PERMITIDA', 'VERSAO_DIVERGENTE', 'VERSAO_AUSENTE'],
        headers: IfMatchHeaders,
        params: ServiceParams,
        body: ChangeServiceBody,
        response: { 200: CategoriesAnswer, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { params, body, headers } = request
      const ifMatch = requireIfMatch(headers['if-match'])
      const source = sourceOf(request)
      const categories = await editService(context, { code: params.code, body, ifMatch, source })
      return await reply.header('etag', categoriesEtag(categories)).send({ categories })
    },
  )
}
