import { CatalogueAnswer } from '@ura/core/ticket-api/schemas'
import type { ApiContext } from '../context.ts'
import { notModified } from '../http/conditional-request.ts'
import { versionEtag } from '../http/entity-version.ts'
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
          ...notModified,
          ...errorAnswers,
        },
      },
    },
    async (_request, reply) => {
      const catalogue = await spokenCatalogue(context)
      // Without its audio the answer is a makeshift: no ETag, so that nobody keeps it.
      if (isFullySpoken(catalogue)) {
        reply.header('etag', versionEtag(catalogue.versao))
      }
      return await reply.send(catalogue)
    },
  )
}
