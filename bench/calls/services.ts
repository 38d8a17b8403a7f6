import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type DeployedService, readUnitCommand } from '../../test/deploy/unit-command.ts'
import { startProcess, type TaskProcess } from '../harness/task-process.ts'
import type { AgiTasks } from './agi-process.ts'
import type { ApiTasks } from './api-process.ts'
import type { GatewayTasks } from './gateway-process.ts'
import { deskPeople } from './people.ts'

/** The three services, a process each as in production. */
export interface Services {
  api: TaskProcess<ApiTasks>
  gateway: TaskProcess<GatewayTasks>
  agi: readonly TaskProcess<AgiTasks>[]
  /** `host:port` of each FastAGI server. */
  agiServers: readonly string[]
  apiUrl: string
  /** A session at the API, for who can't keep one: process AGI. */
  session: string
  /** Another FastAGI server at the same port and with the same spool, after the one of that index was killed. */
  startAgi: (index: number, port: string) => TaskProcess<AgiTasks>
  stop: () => Promise<void>
}

const speechTriesMax = 20

/** Who speaks what the API says: the embedded voice as in production, or tones, at once, where speech is not the matter. */
export type Voice = 'espeak' | 'tone'

/** Starts them with one folder for their data. */
export async function startServices(
  folder: string,
  { agiCount, voice }: { agiCount: number; voice: Voice },
): Promise<Services> {
  const token = randomBytes(24).toString('hex')
  const environment = {
    NODE_ENV: 'production',
    DATA_DIR: folder,
    HELPDESK_API_TOKEN: token,
    API_SECRET: randomBytes(24).toString('hex'),
    GATEWAY_TOKEN: token,
    API_PORT: '0',
    GATEWAY_PORT: '0',
    // All callers' requests come from one address here, and the limits are not what is measured.
    API_REQUESTS_PER_MINUTE: '1000000',
    AGI_MAX_CALLS: '2000',
    EXTENSION_IDENTIFICATION: 'on',
    TRUSTED_EXTENSIONS: '20XX',
  }
  const started: TaskProcess<never>[] = []
  const start = <T extends TaskProcess<never>>(one: T): T => {
    started.push(one)
    return one
  }
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((one) => one.stop()))
  }
  try {
    const gateway = start(processOf<GatewayTasks>('whatsapp-gateway', environment))
    const GATEWAY_URL = await gateway.run('url')
    const api = start(processOf<ApiTasks>('api', { ...environment, GATEWAY_URL }, [voice]))
    const apiUrl = await api.run('url')
    const startAgi: Services['startAgi'] = (index, AGI_PORT) => {
      const own = { AGI_PORT, TICKET_API_URL: apiUrl, AGI_SPOOL_DIR: join(folder, `agi-spool-${index}`) }
      return start(processOf<AgiTasks>('agi', { ...environment, ...own }))
    }
    const agi = Array.from({ length: agiCount }, (_, index) => startAgi(index, '0'))
    const agiServers = await Promise.all(agi.map((one) => one.run('address')))
    const session = await signIn(apiUrl, token)
    return { api, gateway, agi, agiServers, apiUrl, session, startAgi, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** What the API answers to a phone's request, as a program of the office would ask it. */
export async function askApi<T>(services: Services, path: string, body?: object): Promise<T> {
  const response = await fetch(`${services.apiUrl}/api/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${services.session}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as T
}

/** The audio of every name, made before the calls: people who call have called before. Gives the addresses. */
export async function speakNames(services: Services): Promise<string[]> {
  const urls: string[] = []
  for (const { extension } of deskPeople) {
    const body = { ramal: extension, chamada: 'names' }
    const ask = async (): Promise<(string | null)[]> => [
      (await askApi<{ url: string | null }>(services, 'identificar_ramal', body)).url,
    ]
    urls.push(...(await untilSpoken(ask)))
  }
  return urls
}

/** Asks until every address is there: a voice that is late because the machine is busy is not late for ever. */
export async function untilSpoken(ask: () => Promise<(string | null | undefined)[]>): Promise<string[]> {
  for (let tries = 0; tries < speechTriesMax; tries += 1) {
    const asked = await ask()
    const urls = asked.filter((url) => typeof url === 'string')
    if (urls.length === asked.length) return urls
  }
  throw new Error(`The API had no voice for a text in ${speechTriesMax} tries`)
}

const scripts: Readonly<Record<DeployedService, string>> = {
  api: 'api-process.ts',
  agi: 'agi-process.ts',
  'whatsapp-gateway': 'gateway-process.ts',
}

/** With the options of Node that its unit gives it. */
function processOf<T extends Record<string, (input: never) => unknown>>(
  service: DeployedService,
  env: Readonly<Record<string, string>>,
  args: string[] = [],
): TaskProcess<T> {
  const { nodeOptions } = readUnitCommand(service)
  return startProcess<T>(new URL(scripts[service], import.meta.url), { env, args, nodeOptions })
}

async function signIn(url: string, token: string): Promise<string> {
  const answer = await fetch(`${url}/api/autenticar_sessao`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  })
  return ((await answer.json()) as { sessao: string }).sessao
}
