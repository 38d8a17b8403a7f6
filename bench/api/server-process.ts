import { createApi } from '@ura/api/app'
import { readApiConfiguration } from '@ura/api/config'
import { silentSpeech } from '@ura/api/testing/silent-speech'
import { createLogger } from '@ura/core/logger'
import { systemClock } from '@ura/core/clock'
import { serveTasks } from '../harness/task-process.ts'
import { startBareServer } from './bare-server.ts'

/** Where a server listens, and the session its requests must show. */
export interface ServerAddress {
  url: string
  session: string
}

const [kind = '', databaseUrl = '', token = ''] = process.argv.slice(2)

/** The ticket API as in production, but that speech answers at once: what that costs is a benchmark of its own. */
async function startApi(): Promise<ServerAddress> {
  const config = readApiConfiguration({
    DATABASE_URL: databaseUrl,
    HELPDESK_API_TOKEN: token,
    API_SECRET: token,
    GATEWAY_TOKEN: token,
    API_PORT: '0',
    API_REQUESTS_PER_MINUTE: '1000000',
  })
  const log = createLogger({ service: 'api', level: 'info', destination: { write: () => {} } })
  const api = await createApi(config, { clock: systemClock, log, speech: silentSpeech })
  const { url } = await api.listen()
  const answer = await fetch(`${url}/api/autenticar_sessao`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  })
  const { sessao } = (await answer.json()) as { sessao: string }
  return { url, session: sessao }
}

const address: ServerAddress =
  kind === 'api' ? await startApi() : { url: await startBareServer(databaseUrl), session: '' }

const tasks = {
  address: () => address,
  residentBytes: () => process.memoryUsage.rss(),
}

/** What the process can be asked for. */
export type ServerTasks = typeof tasks

serveTasks(tasks)
