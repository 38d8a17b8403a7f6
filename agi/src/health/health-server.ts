import type { Clock } from '@ura/core/clock'
import { HelpdeskError } from '@ura/core/errors'
import { createHttpServer, type HttpServer } from '@ura/core/http/server'
import type { Logger } from '@ura/core/logger'
import { Counter, Gauge, Registry } from 'prom-client'
import type { AgiConfiguration } from '../config.ts'
import type { ReplayEnd } from '../spool/replayer.ts'
import type { Spool, SpoolState } from '../spool/spool.ts'

export interface HealthServer {
  readonly server: HttpServer
  /** Listens where the configuration says and gives the base address; null when it says nowhere. */
  listen(config: Pick<AgiConfiguration, 'httpPort' | 'httpHost'>): Promise<string | null>
  /** Counts a spooled request that came to its end. */
  readonly replayEnded: (end: ReplayEnd) => void
}

const listenTextResolver = (address: string): string => `FastAGI health is listening at ${address}`

/**
 * `/healthz`: the process lives. `/readyz`: a ticket request could be spooled; how many wait is told. `/metrics`: the
 * spool's depth, age, dead letters and ends, for Prometheus. It isn't listening yet.
 */
export function createHealthServer(options: {
  spool: Pick<Spool, 'state'>
  clock: Clock
  log: Logger
  requestsMax: number
}): HealthServer {
  const { spool, clock, log, requestsMax } = options
  const server = createHttpServer({ log })
  const { registry, ends } = createMetrics(spool, clock)
  server.get('/healthz', async () => ({ status: true }))
  server.get('/readyz', async () => {
    const { pending, dead } = await spool.state().catch((error: unknown) => {
      throw new HelpdeskError('SERVICO_INDISPONIVEL', { retryAfterSeconds: 5, cause: error })
    })
    if (pending + dead >= requestsMax) {
      throw new HelpdeskError('SERVICO_INDISPONIVEL', { retryAfterSeconds: 30 })
    }
    return { status: true, aguardando: pending, recusados: dead }
  })
  server.get('/metrics', async (_request, reply) => {
    const text = await registry.metrics()
    return await reply.type(registry.contentType).send(text)
  })
  const listen: HealthServer['listen'] = async ({ httpPort: port, httpHost: host }) => {
    return port === undefined ? null : await server.listen({ port, host, listenTextResolver })
  }
  return { server, listen, replayEnded: (end) => ends.inc({ result: end }) }
}

function createMetrics(spool: Pick<Spool, 'state'>, clock: Clock) {
  const registry = new Registry()
  const ends = new Counter({
    name: 'ura_agi_spool_replays_total',
    help: 'Spooled requests that came to an end, by result: taken, refused, too_old, damaged',
    labelNames: ['result'],
    registers: [registry],
  })
  const gauge = (name: string, help: string, read: (state: SpoolState) => number): Gauge =>
    new Gauge({
      name,
      help,
      registers: [],
      async collect() {
        this.set(read(await spool.state()))
      },
    })
  const ageOf = ({ oldestAt }: SpoolState): number =>
    oldestAt === null ? 0 : Math.max(0, (clock.now().getTime() - oldestAt.getTime()) / 1_000)
  for (const one of [
    gauge(
      'ura_agi_spool_depth',
      'Requests on this host that wait for the ticket API',
      ({ pending }) => pending,
    ),
    gauge(
      'ura_agi_spool_dead_letters',
      'Spooled requests that the API refused or that are too old, waiting for an administrator',
      ({ dead }) => dead,
    ),
    gauge(
      'ura_agi_spool_oldest_age_seconds',
      'Age of the oldest request that waits for the ticket API, 0 when none does',
      ageOf,
    ),
  ]) {
    registry.registerMetric(one)
  }
  return { registry, ends }
}
