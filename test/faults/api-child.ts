import { createApi } from '@ura/api/app'
import { readApiConfiguration } from '@ura/api/config'
import { silentSpeech } from '@ura/api/testing/silent-speech'
import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { runService } from '@ura/core/service'

/** The ticket API as a process of its own that can be killed: its real `main`, but with silent speech, so that a test's load is of tickets. */

await runService(async () => {
  const config = readApiConfiguration(process.env)
  const log = createLogger({ service: 'api', level: config.logLevel })
  const api = await createApi(config, { clock: systemClock, log, speech: silentSpeech })
  await api.listen()
  return { log, close: () => api.close() }
})
