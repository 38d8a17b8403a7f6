import { HelpdeskError } from '@ura/core/errors'
import type { FastifyRequest } from 'fastify'
import { addressInNetworks } from '../authentication/networks.ts'

/** An onRequest hook for routes outside the session: only callers from `networks` pass, others get 403. */
export function networkGuard(networks: readonly string[]): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    if (!addressInNetworks(request.ip, networks)) {
      throw new HelpdeskError('ORIGEM_NAO_PERMITIDA')
    }
  }
}
