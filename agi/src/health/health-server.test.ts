import { createLogger } from '@ura/core/logger'
import { afterEach, expect, it } from 'vitest'
import type { SpoolState } from '../spool/spool.ts'
import { createHealthServer, type HealthServer } from './health-server.ts'

let health: HealthServer
afterEach(() => health.server.close())

function open(state: () => Promise<SpoolState>): HealthServer {
  health = createHealthServer({
    spool: { state },
    clock: { now: () => new Date('2026-11-23T12:01:00Z') },
    log: createLogger({ service: 'agi', level: 'silent' }),
    requestsMax: 10,
  })
  return health
}

const spooled = { pending: 3, dead: 2, oldestAt: new Date('2026-11-23T12:00:00Z') }

it('tells depth, age and dead letters of the spool, and how its requests ended', async () => {
  const { server, replayEnded } = open(async () => spooled)
  replayEnded('taken')
  const { body } = await server.inject('/metrics')
  expect(body).toContain('ura_agi_spool_depth 3\n')
  expect(body).toContain('ura_agi_spool_dead_letters 2\n')
  expect(body).toContain('ura_agi_spool_oldest_age_seconds 60\n')
  expect(body).toContain('ura_agi_spool_replays_total{result="taken"} 1\n')
})

it.each([
  ['there is room', async () => spooled, 200],
  ['it is full', async () => ({ ...spooled, pending: 8 }), 503],
  ['its disk is gone', async () => Promise.reject(new Error('EIO')), 503],
])('is ready or not when %s', async (_what, state, expected) => {
  const { server } = open(state)
  expect((await server.inject('/readyz')).statusCode).toBe(expected)
  expect((await server.inject('/healthz')).statusCode).toBe(200)
})
