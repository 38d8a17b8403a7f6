import { createReadStream, rmSync } from 'node:fs'
import { mkdtemp, stat, writeFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApi } from '@ura/api/app'
import { readApiConfiguration } from '@ura/api/config'
import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { serveTasks } from '../harness/task-process.ts'

/** A sentence that the API speaks: its address, and a file of the same bytes. */
export interface SpokenSound {
  url: string
  file: string
  bytes: number
}

interface Spoken {
  url: string
}

const token = 'token-of-the-speech-benchmark'
const [kind = '', staticFile = ''] = process.argv.slice(2)
const folder = await mkdtemp(join(tmpdir(), 'ura-bench-speech-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** The ticket API as in production, with the embedded voice; gives the address of its answers. */
async function startApi(): Promise<string> {
  const config = readApiConfiguration({
    DATA_DIR: folder,
    HELPDESK_API_TOKEN: token,
    API_SECRET: token,
    GATEWAY_TOKEN: token,
    API_PORT: '0',
    API_REQUESTS_PER_MINUTE: '1000000',
    SAMPLE_USERS: 'true',
  })
  const log = createLogger({ service: 'api', level: 'info', destination: { write: () => {} } })
  const api = await createApi(config, { clock: systemClock, log })
  return (await api.listen()).url
}

async function sendFile(response: ServerResponse): Promise<void> {
  const { size } = await stat(staticFile)
  response.writeHead(200, { 'content-type': 'audio/x-wav', 'content-length': size })
  createReadStream(staticFile).pipe(response)
}

/** What a user would write first: a file by its name, with its length and type, streamed. */
async function startStatic(): Promise<string> {
  const server = createServer((_request, response) => void sendFile(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/sentence.wav`
}

async function post(url: string, path: string, authorization: string, body: unknown): Promise<unknown> {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return await answer.json()
}

async function signIn(url: string): Promise<string> {
  const { sessao } = (await post(url, '/api/autenticar_sessao', `Bearer ${token}`, {})) as { sessao: string }
  return `Bearer ${sessao}`
}

/** The same bytes as a file for the bare server. */
async function copyOf(sentence: string, spoken: Spoken): Promise<SpokenSound> {
  const sound = Buffer.from(await (await fetch(spoken.url)).arrayBuffer())
  const file = join(folder, `${sentence}.wav`)
  await writeFile(file, sound)
  return { url: spoken.url, file, bytes: sound.length }
}

const url = kind === 'api' ? await startApi() : await startStatic()

const tasks = {
  /** The address of the bare server's file. */
  address: () => url,
  /** A person's name and the category menu, spoken. */
  async spokenSounds(): Promise<{ name: SpokenSound; menu: SpokenSound }> {
    const authorization = await signIn(url)
    const name = (await post(url, '/api/get_user_to_speech', authorization, { usuario: '1001' })) as Spoken
    const catalogue = await fetch(`${url}/api/servicos`, { headers: { authorization } })
    const { menu } = (await catalogue.json()) as { menu: Spoken }
    return { name: await copyOf('name', name), menu: await copyOf('menu', menu) }
  },
  /** So many requests at once for a name that was never spoken: how many syntheses they cost. */
  async firstRequests(count: number): Promise<number> {
    const authorization = await signIn(url)
    const synthesized = async (): Promise<number> => {
      const metrics = await (await fetch(`${url}/metrics`)).text()
      return Number(/^ura_speech\{count="synthesized"\} (\d+)/m.exec(metrics)?.[1])
    }
    const before = await synthesized()
    const asked = Array.from({ length: count }, () =>
      post(url, '/api/get_user_to_speech', authorization, { usuario: '1002' }),
    )
    const names = new Set((await Promise.all(asked)).map((answer) => (answer as { url: string | null }).url))
    if (names.size !== 1 || names.has(null)) throw new Error('not everybody got the one sound')
    return (await synthesized()) - before
  },
}

/** What the process can be asked for. */
export type AudioServerTasks = typeof tasks

serveTasks(tasks)
