import { createApi } from '@ura/api/app'
import { readApiConfiguration } from '@ura/api/config'
import type { SpeechService } from '@ura/api/speech/speech-service'
import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { runService } from '@ura/core/service'

/** The ticket API as a process of its own that can be killed: its real `main`, but mute, so that a test's load is of tickets. */

const mute: SpeechService = {
  speak: async () => null,
  open: async () => null,
  remove: async () => false,
  isAudioName: () => false,
  sweep: async () => ({ expired: 0, evicted: 0, bytes: 0 }),
  stats: () => ({
    synthesized: 0,
    characters: 0,
    cacheHits: 0,
    joined: 0,
    failures: 0,
    isBreakerOpen: false,
  }),
  close: async () => undefined,
}

await runService(async () => {
  const config = readApiConfiguration(process.env)
  const log = createLogger({ service: 'api', level: config.logLevel })
  const api = await createApi(config, { clock: systemClock, log, speech: mute })
  await api.listen()
  return { log, close: () => api.close() }
})
