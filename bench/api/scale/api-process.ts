import { createApi } from '@ura/api/app'
import { readApiConfiguration } from '@ura/api/config'
import type { MessageGateway } from '@ura/api/gateway/message-gateway'
import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { extensionEnvironment } from './population.ts'
import { serveTasks } from '../../harness/task-process.ts'
import { silentSpeech } from '@ura/api/testing/silent-speech'

const [databaseUrl = '', secret = ''] = process.argv.slice(2)

/** A gateway that takes every message at once: what WhatsApp costs is none of the database's. */
const readyGateway: MessageGateway = {
  sendAccessCode: async () => 'whatsapp',
  sendText: async () => 'whatsapp',
  findDelivery: async () => ({ channel: 'whatsapp', state: 'sent', fallback: null }),
  isAvailable: async () => true,
}

const config = readApiConfiguration({
  DATABASE_URL: databaseUrl,
  API_SECRET: secret,
  GATEWAY_TOKEN: secret,
  API_PORT: '0',
  API_REQUESTS_PER_MINUTE: '1000000',
  API_SIGN_INS_PER_MINUTE: '10000',
  // A small city hall's users ask for as many codes as a large one's.
  ACCESS_CODES_PER_WINDOW: '50',
  ACCESS_CODE_WRONG_TRIES_PER_DAY: '1000',
  ACCESS_CODE_DIGITS: '8',
  ...extensionEnvironment,
})
const log = createLogger({ service: 'api', level: 'info', destination: { write: () => {} } })
const api = await createApi(config, { clock: systemClock, log, speech: silentSpeech, gateway: readyGateway })
const { url } = await api.listen()

const tasks = { url: () => url }

/** What the process can be asked for. */
export type ScaleApiTasks = typeof tasks

serveTasks(tasks)
