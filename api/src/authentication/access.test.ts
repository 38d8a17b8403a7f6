import Fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { createTestApi, type TestApi } from '../testing/test-api.ts'
import { createTestClient } from '../testing/test-clients.ts'
import { type Access, requireAccess, rolesWithAccess } from './access.ts'
import { clientRoles } from './client-repository.ts'

/** Every route inside the session and what it asks of a client. */
const accessOfRoutes: Readonly<Record<string, Access>> = {
  'POST /api/verificar_usuario': 'phone',
  'POST /api/get_user_to_speech': 'phone',
  'POST /api/identificar_ramal': 'phone',
  'POST /api/confirmar_ramal': 'phone',
  'POST /api/solicitar_codigo': 'phone',
  'GET /api/situacao_codigo': 'phone',
  'POST /api/verificar_codigo': 'phone',
  'GET /api/servicos': 'phone',
  'GET /api/informacoes': 'phone',
  'POST /api/falar_informacao': 'phone',
  'POST /api/novo_chamado': 'phone',
  'POST /api/verificar_chamado': 'phone',
  'POST /api/avaliar_atendimento': 'phone',
  'GET /api/horario_atendimento': 'phone',
  'POST /api/registrar_ligacao': 'phone',
  'GET /api/ligacoes/{chamada}': 'phone',
  'POST /api/remover_audio': 'phone',
  'GET /api/v1/tickets': 'read',
  'POST /api/v1/tickets': 'change',
  'GET /api/v1/tickets/{protocol}': 'read',
  'PATCH /api/v1/tickets/{protocol}': 'change',
  'GET /api/v1/tickets/{protocol}/events': 'read',
  'GET /api/v1/tickets/{protocol}/notes': 'read',
  'POST /api/v1/tickets/{protocol}/notes': 'change',
  'POST /api/v1/tickets/{protocol}/voice-note': 'phone',
  'GET /api/v1/tickets/{protocol}/voice-note': 'listen',
  'GET /api/v1/users': 'read',
  'POST /api/v1/users': 'administer',
  'GET /api/v1/users/{code}': 'read',
  'PATCH /api/v1/users/{code}': 'administer',
  'GET /api/v1/services': 'read',
  'PATCH /api/v1/services/{code}': 'administer',
  'GET /api/v1/satisfaction': 'read',
  'GET /api/v1/announcements': 'read',
  'POST /api/v1/announcements': 'administer',
  'PATCH /api/v1/announcements/{id}': 'administer',
  'DELETE /api/v1/announcements/{id}': 'administer',
  'GET /api/v1/calls': 'read',
  'GET /api/v1/calls/{callId}': 'read',
  'GET /api/v1/callbacks': 'read',
  'GET /api/v1/callbacks/{callId}/{round}': 'read',
  'PATCH /api/v1/callbacks/{callId}/{round}': 'change',
  // The last one: what a client sends behind it has no session any more.
  'POST /api/encerrar_sessao': 'session',
}

async function routesOf({ api }: TestApi): Promise<string[]> {
  const answer = await api.fastify.inject({ method: 'GET', url: '/docs/json' })
  const { paths } = answer.json<{ paths: Record<string, Record<string, unknown>> }>()
  return Object.entries(paths)
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    .filter((route) => route.includes(' /api/') && !route.endsWith('/autenticar_sessao'))
}

describe('the access of a route', () => {
  it('is told here for each route there is', async () => {
    await using test = await createTestApi()
    expect((await routesOf(test)).toSorted()).toEqual(Object.keys(accessOfRoutes).toSorted())
  })

  it.each(clientRoles)('lets a client of role %s do what it may, and nothing else', async (role) => {
    await using test = await createTestApi()
    const client = await createTestClient(test, role)
    const allowed: string[] = []
    for (const route of Object.keys(accessOfRoutes)) {
      const [method = '', path = ''] = route.split(' ')
      const { statusCode, body } = await client.send(method, path.replaceAll(/\{\w+\}/g, '1'))
      if (statusCode !== 403 || !body.includes('PAPEL_SEM_PERMISSAO')) {
        allowed.push(route)
      }
    }
    const expected = Object.entries(accessOfRoutes)
      .filter(([, access]) => rolesWithAccess[access].includes(role))
      .map(([route]) => route)
    expect(allowed).toEqual(expected)
    expect(allowed.length).toBeGreaterThan(0)
  })

  it('is asked before the body is looked at, and its refusal is in the audit log', async () => {
    await using test = await createTestApi()
    const phone = await createTestClient(test, 'phone')
    const answer = await phone.post('/api/v1/tickets', { userCode: 7 })
    expect(answer.statusCode).toBe(403)
    const rows = await test.api.db
      .selectFrom('audit_log')
      .select(['actor', 'detail'])
      .where('event', '=', 'role_refused')
      .execute()
    expect(rows).toEqual([
      { actor: 'phone', detail: '{"role":"phone","method":"POST","route":"/api/v1/tickets"}' },
    ])
  })

  it('must be named: a route without one is not registered', () => {
    const server = Fastify() as unknown as Parameters<typeof requireAccess>[0]
    requireAccess(server, {} as Parameters<typeof requireAccess>[1])
    expect(() => server.get('/new', async () => null)).toThrow('The route /new names no access')
  })
})
