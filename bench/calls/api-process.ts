import { createApi } from '@ura/api/app'
import { readApiConfiguration } from '@ura/api/config'
import { addUsers } from '@ura/api/users/user-repository'
import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { toneSynthesizer } from '../../test/support/tone-synthesizer.ts'
import { serveTasks } from '../harness/task-process.ts'
import { deskPeople } from './people.ts'

const [voice] = process.argv.slice(2)

/** The ticket API as in production on SQLite, with the embedded voice or tones, and one person for each desk phone. */
const config = readApiConfiguration(process.env)
const api = await createApi(config, {
  clock: systemClock,
  log: createLogger({ service: 'api', level: 'error' }),
  ...(voice === 'tone' && { synthesizer: toneSynthesizer() }),
})
await addUsers(
  api.db,
  deskPeople.map(({ userCode, extension, name, whatsapp }) => ({
    code: userCode,
    name,
    department: 'Obras',
    whatsapp,
    extension,
    email: null,
  })),
  new Date(),
)
const { url } = await api.listen()

async function rows(table: 'tickets' | 'calls' | 'client_sessions' | 'access_codes'): Promise<number> {
  const { count } = await api.db
    .selectFrom(table)
    .select(({ fn }) => fn.countAll().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

const tasks = {
  url: () => url,
  pid: () => process.pid,
  /** Tickets, and the calls that they came from: each call has one when both grow alike. */
  async tickets(): Promise<{ tickets: number; calls: number }> {
    const { tickets, calls } = await api.db
      .selectFrom('tickets')
      .select(({ fn }) => [fn.countAll().as('tickets'), fn.count('call_id').distinct().as('calls')])
      .executeTakeFirstOrThrow()
    return { tickets: Number(tickets), calls: Number(calls) }
  },
  /** Rows that a call which ends may not leave behind: access codes nobody will key, sessions; and the calls' records. */
  async rows(): Promise<{ codes: number; sessions: number; calls: number }> {
    return {
      codes: await rows('access_codes'),
      sessions: await rows('client_sessions'),
      calls: await rows('calls'),
    }
  },
  /** Sentences spoken for the first time so far. */
  async synthesized(): Promise<number> {
    return Number(/^ura_speech\{count="synthesized"\} (\d+)/m.exec(await api.metrics.metrics())?.[1] ?? 0)
  },
}

/** What the process can be asked for. */
export type ApiTasks = typeof tasks

serveTasks(tasks)
