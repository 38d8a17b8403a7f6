import type { LightMyRequestResponse } from 'fastify'
import { type ClientRole, createClient } from '../authentication/client-repository.ts'
import type { TestApi } from './test-api.ts'

/** A signed-in program of one role. */
export interface TestClient {
  get(path: string): Promise<LightMyRequestResponse>
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<LightMyRequestResponse>
  patch(path: string, body: unknown, headers?: Record<string, string>): Promise<LightMyRequestResponse>
  send(method: string, path: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>
}

/** Makes a client named after its role and signs it in. */
export async function createTestClient({ api, clock }: TestApi, role: ClientRole): Promise<TestClient> {
  const networks = ['127.0.0.0/8']
  const token = await createClient(api.db, { name: role, networks, role, now: clock.now() })
  const signedIn = await api.fastify.inject({
    method: 'POST',
    url: '/api/autenticar_sessao',
    headers: { authorization: `Bearer ${token}` },
  })
  const authorization = `Bearer ${signedIn.json<{ sessao: string }>().sessao}`
  const withBody =
    (method: 'POST' | 'PATCH') =>
    (url: string, body: unknown, headers: Record<string, string> = {}) =>
      api.fastify.inject({
        method,
        url,
        headers: { authorization, 'content-type': 'application/json', ...headers },
        payload: JSON.stringify(body),
      })
  return {
    get: (url) => api.fastify.inject({ method: 'GET', url, headers: { authorization } }),
    post: withBody('POST'),
    patch: withBody('PATCH'),
    send: (method, url, headers = {}) =>
      api.fastify.inject({ method: method as 'GET', url, headers: { authorization, ...headers } }),
  }
}
