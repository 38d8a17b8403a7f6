import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { runService } from '@ura/core/service'
import { collectDefaultMetrics } from 'prom-client'
import { createApi } from './app.ts'
import { readApiConfiguration } from './config.ts'

/** The ticket API as a process of its own: reads the environment, listens, closes on SIGINT and SIGTERM. */
await runService(async () => {
  const config = readApiConfiguration(process.env)
  const log = createLogger({ service: 'api', level: config.logLevel })
  const api = await createApi(config, { clock: systemClock, log })
  collectDefaultMetrics({ register: api.metrics })
  await api.listen()
  return { log, close: () => api.close() }
})
