import type { HttpServer } from '@ura/core/http/server'
import type { Driver } from '../drivers/driver.ts'
import { requireBearerOrBasic } from '../http/authentication.ts'
import { renderQrPage } from './qr-page.ts'

/** `GET /admin/qr` for whoever holds the admin token; the page is never stored, because a QR grants the account. */
export function addAdminRoutes(
  server: HttpServer,
  options: { driver: Driver; adminToken: string; timeZone: string },
): void {
  const { driver, adminToken, timeZone } = options
  server.get('/admin/qr', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    try {
      requireBearerOrBasic(request, adminToken)
    } catch (error) {
      // A browser asks for the password only when it is offered Basic.
      reply.header('www-authenticate', 'Basic realm="WhatsApp", charset="UTF-8"')
      throw error
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
