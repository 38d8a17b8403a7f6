import { errorBody, type HelpdeskError } from '@ura/core/errors'
import type { Driver } from '../drivers/driver.ts'
import { requireBearerOrBasic } from '../http/authentication.ts'
import type { GatewayServer } from '../http/server.ts'
import { renderQrPage } from './qr-page.ts'

/** `GET /admin/qr` for whoever holds the admin token; the page is never stored, because a QR grants the account. */
export function addAdminRoutes(
  server: GatewayServer,
  options: { driver: Driver; adminToken: string; timeZone: string },
): void {
  const { driver, adminToken, timeZone } = options
  server.get('/admin/qr', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    try {
      requireBearerOrBasic(request, adminToken)
    } catch (error) {
      // A browser asks for the password only when it is offered Basic.
      reply.code(401).header('www-authenticate', 'Basic realm="WhatsApp", charset="UTF-8"')
      return errorBody(error as HelpdeskError, request.id)
    }
    reply.headers({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
    reply.type('text/html; charset=utf-8')
    return renderQrPage({ driver: driver.name, status: driver.state(), timeZone })
  })
}
