import { protocolOf } from '@ura/api/tickets/protocol'
import type { BenchmarkContext, Measured } from '../harness/benchmark.ts'
import { median } from '../harness/statistics.ts'
import type { Population } from './scale-population.ts'
import type { ServerAddress } from './server-process.ts'

/** Requests of each kind to each database: enough for a median that a busy machine doesn't move. */
const SAMPLES = 60
const WARM_UP = 10

/** One kind of request, the `time`-th of its kind. */
interface Probe {
  name: string
  request: (population: Population, time: number) => { method: 'GET' | 'POST'; path: string; body?: object }
}

/** The user and the protocol of one of the tickets that `populate` wrote. */
function ticketOf(population: Population, time: number): { usuario: string; chamado: string } {
  const number = (time * 104_729) % population.tickets
  return {
    usuario: String(1_001 + ((number * 7_919) % population.users)),
    chamado: protocolOf(number + 1),
  }
}

const PROBES: readonly Probe[] = [
  {
    name: 'verificar_usuario',
    request: (population, time) => ({
      method: 'POST',
      path: '/api/verificar_usuario',
      body: { usuario: ticketOf(population, time).usuario },
    }),
  },
  {
    name: 'get_user_to_speech',
    request: (population, time) => ({
      method: 'POST',
      path: '/api/get_user_to_speech',
      body: { usuario: ticketOf(population, time).usuario },
    }),
  },
  {
    name: 'verificar_chamado',
    request: (population, time) => ({
      method: 'POST',
      path: '/api/verificar_chamado',
      body: ticketOf(population, time),
    }),
  },
  {
    name: 'novo_chamado',
    request: (population, time) => ({
      method: 'POST',
      path: '/api/novo_chamado',
      body: { usuario: ticketOf(population, time).usuario, servico: '2-2' },
    }),
  },
  { name: 'servicos', request: () => ({ method: 'GET', path: '/api/servicos' }) },
  { name: 'horario_atendimento', request: () => ({ method: 'GET', path: '/api/horario_atendimento' }) },
]

/** A server and what its database holds. */
export interface Populated {
  address: ServerAddress
  population: Population
}

/** For each kind of request, its median time on a large database over that on a small one, by turns. */
export async function measureScale(
  { small, large }: { small: Populated; large: Populated },
  { progress }: Pick<BenchmarkContext, 'progress'>,
): Promise<Measured[]> {
  const measured: Measured[] = []
  for (const probe of PROBES) {
    const timesMs: { small: number[]; large: number[] } = { small: [], large: [] }
    for (let time = 0; time < WARM_UP + SAMPLES; time += 1) {
      const [onSmall, onLarge] = [await timeMs(small, probe, time), await timeMs(large, probe, time)]
      if (time < WARM_UP) continue
      timesMs.small.push(onSmall)
      timesMs.large.push(onLarge)
    }
    const [smallMs, largeMs] = [median(timesMs.small), median(timesMs.large)]
    const text = `${smallMs.toFixed(2)} ms and ${largeMs.toFixed(2)} ms`
    progress(`${probe.name}: ${text} on ${small.population.tickets} and ${large.population.tickets} tickets`)
    measured.push({
      figure: `${camelCase(probe.name)}Slowdown`,
      name: `${probe.name}: ${text}; wanted at most 2 times`,
      unit: 'times',
      samples: [largeMs / smallMs],
    })
  }
  return measured
}

async function timeMs({ address, population }: Populated, probe: Probe, time: number): Promise<number> {
  const { method, path, body } = probe.request(population, time)
  const began = performance.now()
  const answer = await fetch(`${address.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${address.session}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  const elapsedMs = performance.now() - began
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 500)}`)
  return elapsedMs
}

function camelCase(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]+(\w)/g, (_all, letter: string) => letter.toUpperCase())
}
