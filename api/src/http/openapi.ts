import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { HttpServer } from '@ura/core/http/server'

/** OpenAPI 3.1 at `/docs/json`, made of the same schemas that validate, and its page at `/docs`; before the routes. */
export async function describeApi(server: HttpServer): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'URA Chamados',
        version: '1.0.0',
        description:
          'API de chamados. Primeiro troque o token do cliente por uma sessão em `POST /api/autenticar_sessao`; ' +
          'depois envie a sessão em `Authorization: Bearer` nos demais pontos de acesso.',
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'Token do cliente' },
          sessao: { type: 'http', scheme: 'bearer', description: 'Sessão' },
        },
      },
    },
  })
  await server.register(swaggerUi, {
    routePrefix: '/docs',
    // The plugin's own policy upgrades to HTTPS and allows a validator elsewhere; the page must work offline on HTTP.
    staticCSP:
      "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; frame-ancestors 'self'",
    uiConfig: { validatorUrl: null },
  })
}
