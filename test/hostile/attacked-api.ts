import { createApi } from '@ura/api/app'
import { readApiConfiguration } from '@ura/api/config'
import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { runService } from '@ura/core/service'
import { collectDefaultMetrics } from 'prom-client'
import { toneSynthesizer } from '../support/tone-synthesizer.ts'

/** The API's own main but for the voice: thousands of protocols are not to be spoken, only asked for. */
await runService(async () => {
  const config = readApiConfiguration(process.env)
  const log = createLogger({ service: 'api', level: config.logLevel })
  const api = await createApi(config, { clock: systemClock, log, synthesizer: toneSynthesizer() })
  collectDefaultMetrics({ register: api.metrics })
  await api.listen()
  return { log, close: () => api.close() }
})
