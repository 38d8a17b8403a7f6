import { createApi } from '@ura/api/app'
import { readApiConfiguration } from '@ura/api/config'
import { silentSpeech } from '@ura/api/testing/silent-speech'
import { addUsers } from '@ura/api/users/user-repository'
import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { serveTasks } from '../harness/task-process.ts'
import { PEOPLE, personOf } from './people.ts'

const [folder = '', token = '', gatewayUrl = ''] = process.argv.slice(2)

/** The ticket API as in production on SQLite, but that speech answers at once. */
const api = await createApi(
  readApiConfiguration({
    DATA_DIR: folder,
    HELPDESK_API_TOKEN: token,
    API_SECRET: token,
    GATEWAY_TOKEN: token,
    GATEWAY_URL: gatewayUrl,
    API_PORT: '0',
    API_REQUESTS_PER_MINUTE: '1000000',
    ACCESS_CODES_PER_WINDOW: '50',
  }),
  {
    clock: systemClock,
    log: createLogger({ service: 'api', level: 'info', destination: { write: () => {} } }),
    speech: silentSpeech,
  },
)
await addUsers(
  api.db,
  Array.from({ length: PEOPLE }, (_, index) => ({
    code: personOf(index).code,
    name: `Pessoa de Número ${index}`,
    department: 'Obras',
    whatsapp: personOf(index).phone,
    extension: null,
    email: null,
  })),
  new Date(),
)
const { url } = await api.listen()

const tasks = {
  async address(): Promise<{ url: string; session: string }> {
    const answer = await fetch(`${url}/api/autenticar_sessao`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    })
    return { url, session: ((await answer.json()) as { sessao: string }).sessao }
  },
}

/** What the process can be asked for. */
export type ApiTasks = typeof tasks

serveTasks(tasks)
