import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { runService } from '@ura/core/service'
import { createAgiApp } from './app.ts'
import { readAgiConfiguration } from './config.ts'

await runService(async () => {
  const config = readAgiConfiguration(process.env)
  const log = createLogger({ service: 'agi', level: config.logLevel })
  const app = createAgiApp(config, { clock: systemClock, log })
  const { host, port, httpUrl } = await app.listen()
  log.info({ host, port, httpUrl }, 'listening for FastAGI')
  return { log, close: () => app.close() }
})
