import { createHmac, randomBytes } from 'node:crypto'
import { HelpdeskError } from '@ura/core/errors'
import { bearerToken } from '@ura/core/http/bearer-token'
import { secretsEqual } from '@ura/core/secret'
import type { FastifyRequest } from 'fastify'

const message = 'O formulário não veio desta página, ou o gateway reiniciou. Abra a página de novo e repita.'

/**
 * Keeps other sites from sending the admin page's forms with the password that a browser adds by itself. The token is
 * good for as long as the process runs. A program that sends `Authorization: Bearer` needs none: no browser adds that.
 */
export class FormToken {
  readonly value: string = createHmac('sha256', randomBytes(32)).update('forms').digest('base64url')

  /** @throws HelpdeskError ORIGEM_NAO_PERMITIDA */
  require(request: FastifyRequest): void {
    if (bearerToken(request.headers.authorization) !== null) {
      return
    }
    const { token } = (request.body ?? {}) as { token?: unknown }
    if (!isOwnOrigin(request) || typeof token !== 'string' || !secretsEqual(token, this.value)) {
      throw new HelpdeskError('ORIGEM_NAO_PERMITIDA', { message })
    }
  }
}

/** Fetch Metadata where the browser sends it (only to https and localhost), else `Origin` against `Host`. */
function isOwnOrigin({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) {
    return site === 'same-origin'
  }
  const { origin, host } = headers
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
}
