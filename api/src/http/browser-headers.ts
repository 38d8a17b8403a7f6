import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { HttpServer } from '@ura/core/http/server'
import helmet from 'helmet'

/**
 * Answers with helmet's headers: policy for `/docs`, no sniffing, no framing. They are the same for every answer, so
 * that helmet works them out once and not for each.
 */
export function sendBrowserHeaders(server: HttpServer): void {
  const headers = browserHeaders()
  server.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers)
    done()
  })
}

function browserHeaders(): Record<string, string> {
  const request = new IncomingMessage(new Socket())
  const response = new ServerResponse(request)
  const setHeaders = helmet({
    // Plain HTTP inside a private network is the usual installation; TLS is the proxy's affair.
    strictTransportSecurity: false,
    contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } },
  })
  setHeaders(request, response, (error) => {
    if (error !== undefined) {
      throw new Error('helmet could not work out its headers', { cause: error })
    }
  })
  return Object.fromEntries(
    Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]),
  )
}
