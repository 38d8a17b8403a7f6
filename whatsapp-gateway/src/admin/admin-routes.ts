import { HelpdeskError } from '@ura/core/errors'
import type { HttpServer } from '@ura/core/http/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Driver, QrLogin } from '../drivers/driver.ts'
import { requireBearerOrBasic } from '../http/authentication.ts'
import { FormToken } from './form-token.ts'
import { renderQrPage } from './qr-page.ts'
import { qrPageScript, qrPageStyle } from './qr-page-files.ts'

/** The page works with what it brings along, and is shown in no other. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

interface AdminRoutesOptions {
  driver: Driver
  adminToken: string
  timeZone: string
}

/**
 * `/admin/qr` and what it needs, for whoever holds the admin token, by Bearer or Basic and never in the address. Nothing
 * of it is stored, because a QR grants the account.
 */
export function addAdminRoutes(server: HttpServer, options: AdminRoutesOptions): void {
  void server.register(async (admin) => {
    admin.addHook('onRequest', async (request, reply) => authorize(request, reply, options.adminToken))
    const { driver, timeZone } = options
    const { qrLogin } = driver
    const formToken = new FormToken()
    admin.get('/admin/qr', async (_request, reply) => {
      const login =
        qrLogin === undefined ? null : { isWaiting: qrLogin.isWaiting(), formToken: formToken.value }
      reply.type('text/html; charset=utf-8')
      return renderQrPage({ driver: driver.name, status: driver.state(), login, timeZone })
    })
    admin.get('/admin/qr/page.css', async (_request, reply) => reply.type('text/css').send(qrPageStyle))
    admin.get('/admin/qr/page.js', async (_request, reply) =>
      reply.type('text/javascript; charset=utf-8').send(qrPageScript),
    )
    if (qrLogin !== undefined) {
      addLoginRoutes(admin, qrLogin, formToken)
    }
  })
}

function addLoginRoutes(admin: HttpServer, qrLogin: QrLogin, formToken: FormToken): void {
  admin.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_request: FastifyRequest, body: string | Buffer) =>
      Object.fromEntries(new URLSearchParams(String(body))),
  )
  admin.get('/admin/qr/image.png', async (_request, reply) => {
    const image = qrLogin.qrImage()
    if (image === null) {
      throw new HelpdeskError('ROTA_NAO_ENCONTRADA', { message: 'Nenhum QR code está sendo mostrado.' })
    }
    return reply.type('image/png').send(image)
  })
  admin.post('/admin/qr/new', async (request, reply) => {
    formToken.require(request)
    await qrLogin.newQr()
    return reply.redirect('/admin/qr', 303)
  })
  admin.post('/admin/qr/log-out', async (request, reply) => {
    formToken.require(request)
    await qrLogin.logOut()
    return reply.redirect('/admin/qr', 303)
  })
}

function authorize(request: FastifyRequest, reply: FastifyReply, adminToken: string): void {
  reply.headers({
    'cache-control': 'no-store',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
  })
  try {
    requireBearerOrBasic(request, adminToken)
  } catch (error) {
    // A browser asks for the password only when it is offered Basic.
    reply.header('www-authenticate', 'Basic realm="WhatsApp", charset="UTF-8"')
    throw error
  }
}
