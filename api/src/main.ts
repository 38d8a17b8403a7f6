import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { collectDefaultMetrics } from 'prom-client'
import { createApi } from './app.ts'
import { readApiConfiguration } from './config.ts'

/** The ticket API as a process of its own: reads the environment, listens, closes on SIGINT and SIGTERM. */
const config = readApiConfiguration()
const log = createLogger({ service: 'api', level: config.logLevel })
const api = await createApi(config, { clock: systemClock, log })
collectDefaultMetrics({ register: api.metrics })

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    log.info({ signal }, 'closing')
    api.close().catch((error: unknown) => {
      log.error({ err: error }, 'closing failed')
      process.exitCode = 1
    })
  })
}

await api.listen()
