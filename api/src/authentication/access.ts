import { HelpdeskError } from '@ura/core/errors'
import type { HttpServer } from '@ura/core/http/server'
import type { ApiContext } from '../context.ts'
import { clientOf, sourceOf } from '../http/request-source.ts'
import { type ClientRole, clientRoles } from './client-repository.ts'

/**
 * What a route asks of a client: no more than its session, the phone's endpoints, reading, listening to what requesters
 * said, changing tickets, or changing everything.
 */
export type Access = 'session' | 'phone' | 'read' | 'listen' | 'change' | 'administer'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Which clients may use the route; every route inside the session has one. */
    access?: Access
  }
}

/** Which roles have which access. */
export const rolesWithAccess: Readonly<Record<Access, readonly ClientRole[]>> = {
  session: clientRoles,
  phone: ['phone', 'admin'],
  read: ['read', 'agent', 'admin'],
  listen: ['agent', 'admin'],
  change: ['agent', 'admin'],
  administer: ['admin'],
}

/**
 * Refuses clients whose role has not the access that a route names, and routes of this server scope that name none.
 * @param options.access Of the routes that name none themselves; by default each must
 */
export function requireAccess(
  server: HttpServer,
  context: Pick<ApiContext, 'clock' | 'recordRefusal'>,
  options: { access?: Access } = {},
): void {
  server.addHook('onRoute', (route) => {
    const access = route.config?.access ?? options.access
    if (access === undefined) {
      throw new Error(`The route ${route.url} names no access`)
    }
    route.config = { ...route.config, access }
  })
  // Behind the session's hook of the same name, which runs first; the body has not been read yet.
  server.addHook('preParsing', async (request) => {
    const { access } = request.routeOptions.config
    const { role } = clientOf(request)
    if (access !== undefined && rolesWithAccess[access].includes(role)) {
      return
    }
    await context.recordRefusal({
      event: 'role_refused',
      source: sourceOf(request),
      at: context.clock.now(),
      detail: { role, method: request.method, route: request.routeOptions.url ?? '' },
    })
    throw new HelpdeskError('PAPEL_SEM_PERMISSAO')
  })
}
