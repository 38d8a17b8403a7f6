import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { runService } from '@ura/core/service'
import { createGateway } from './app.ts'
import { readGatewayConfiguration } from './config.ts'

await runService(async () => {
  const config = readGatewayConfiguration(process.env)
  const log = createLogger({ service: 'whatsapp-gateway', level: config.logLevel })
  const gateway = await createGateway(config, { clock: systemClock, log })
  await gateway.listen()
  log.info({ driver: config.driver }, 'ready')
  return { log, close: () => gateway.close() }
})
