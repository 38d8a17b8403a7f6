import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { HttpServer } from '@ura/core/http/server'
import { completeDocument } from './complete-document.ts'
import { description, tags } from './description.ts'
import type { OpenApiDocument } from './document.ts'
import { type DescribedRoute, operationErrors } from './operation-errors.ts'

/** OpenAPI 3.1 at `/docs/json`, made of the same schemas that validate, and its page at `/docs`; before the routes. */
export async function describeApi(server: HttpServer): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'URA Chamados',
        version: '1.0.0',
        description,
        license: { name: 'GPL-3.0-or-later', identifier: 'GPL-3.0-or-later' },
      },
      servers: [{ url: '/', description: 'O próprio servidor' }],
      tags,
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'Token do cliente' },
          sessao: { type: 'http', scheme: 'bearer', description: 'Sessão' },
        },
      },
    },
    transform: ({ schema, url, route }) => ({ schema: describedSchema(schema, route), url }),
    transformObject: (result) =>
      completeDocument(('openapiObject' in result ? result.openapiObject : {}) as OpenApiDocument),
  })
  await server.register(swaggerUi, {
    routePrefix: '/docs',
    // The plugin's own policy upgrades to HTTPS and allows a validator elsewhere; the page must work offline on HTTP.
    staticCSP:
      "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; frame-ancestors 'self'",
    // Without the bar on top, whose box would load any other document.
    uiConfig: { validatorUrl: null, layout: 'BaseLayout', deepLinking: true },
    theme: { title: 'URA Chamados' },
  })
}

function describedSchema<Schema extends object>(schema: Schema | undefined, route: DescribedRoute): Schema {
  // Outside the session is said aloud: without it the document would leave it open.
  return { security: [], ...schema, 'x-errors': operationErrors(route) } as unknown as Schema
}
