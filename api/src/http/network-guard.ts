import { HelpdeskError } from '@ura/core/errors'
import type { FastifyRequest } from 'fastify'
import { addressInNetworks } from '../authentication/networks.ts'
import type { ApiContext } from '../context.ts'

/**
 * An onRequest hook for routes outside the session: only callers from `networks` pass, others get 403 and a row in the
 * audit log.
 */
export function networkGuard(
  { clock, recordRefusal }: Pick<ApiContext, 'clock' | 'recordRefusal'>,
  networks: readonly string[],
): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    if (!addressInNetworks(request.ip, networks)) {
      const source = { actor: 'desconhecido', address: request.ip, requestId: request.id }
      const detail = { route: request.routeOptions.url ?? null }
      await recordRefusal({ event: 'network_refused', source, at: clock.now(), detail })
      throw new HelpdeskError('ORIGEM_NAO_PERMITIDA')
    }
  }
}
