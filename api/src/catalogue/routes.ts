import { CatalogueAnswer } from '@ura/core/ticket-api/schemas'
import { Type } from 'typebox'
import type { ApiContext } from '../context.ts'
import { errorAnswers } from '../http/error-answers.ts'
import type { HttpServer } from '@ura/core/http/server'
import { isFullySpoken, spokenCatalogue } from './spoken-catalogue.ts'

export function catalogueRoutes(server: HttpServer, context: ApiContext): void {
  server.get(
    '/servicos',
    {
      schema: {
        tags: ['Catálogo'],
        summary: 'Categorias e serviços, com a versão no ETag',
        operationId: 'listarServicos',
        description:
          'Com `If-None-Match` igual ao `ETag`, a resposta é 304. Sem síntese de voz não há `ETag`.',
        security: [{ sessao: [] }],
        response: {
          200: CatalogueAnswer,
          304: Type.Null({ description: 'A versão é a mesma' }),
          ...errorAnswers,
        },
      },
    },
    async (request, reply) => {
      const catalogue = await spokenCatalogue(context)
      // Without its audio the answer is a makeshift: no ETag, so that nobody keeps it.
      if (isFullySpoken(catalogue)) {
        const etag = `"${catalogue.versao}"`
        reply.header('etag', etag).header('cache-control', 'private, no-cache')
        if (request.headers['if-none-match'] === etag) {
          return await reply.code(304).send(null)
        }
      }
      return await reply.code(200).send(catalogue)
    },
  )
}
