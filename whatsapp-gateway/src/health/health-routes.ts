import { HelpdeskError } from '@ura/core/errors'
import type { Driver } from '../drivers/driver.ts'
import type { HttpServer } from '@ura/core/http/server'
import type { OutboxStore } from '../outbox/outbox-store.ts'

/**
 * `/healthz`: the process lives. `/readyz`: messages can be taken in, which needs the outbox alone; being logged out
 * of WhatsApp is told but is no reason to restart the service.
 */
export function addHealthRoutes(server: HttpServer, options: { store: OutboxStore; driver: Driver }): void {
  const { store, driver } = options
  server.get('/healthz', async () => ({ status: true }))
  server.get('/readyz', async () => {
    try {
      await store.backlog(null)
    } catch (error) {
      throw new HelpdeskError('SERVICO_INDISPONIVEL', { retryAfterSeconds: 5, cause: error })
    }
    return { status: true, whatsapp: driver.state().state }
  })
}
