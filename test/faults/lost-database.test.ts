import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startStallingProxy } from '@ura/core/database/testing/stalling-proxy'
import { afterAll, describe, expect, it } from 'vitest'
import { startDatabaseServer } from '../../scripts/real-parts/database-process.ts'
import { recordFigure } from '../../scripts/test/figures.ts'
import { expectNothingLost } from './acknowledged.ts'
import { signIn, startApiProcess } from './api-process.ts'
import { findDatabaseServers, runOnServer } from './real-database.ts'
import { openTicket, type TicketAnswer, TicketLoad } from './ticket-load.ts'

const servers = await findDatabaseServers()
const folder = await mkdtemp(join(tmpdir(), 'ura-lost-database-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A statement has 8 s; what comes on top is the work of two busy processors. */
const answerMsMax = 9_500
const recoveryMsMax = 5_000

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0
}

/** Every answer is a protocol or a clear refusal that says when to come again, none of them late. */
function expectClearAnswers(answers: readonly TicketAnswer[]): void {
  const refusals = answers.filter(({ protocol }) => protocol === null)
  expect(refusals.length).toBeGreaterThan(0)
  for (const refusal of refusals) {
    expect(refusal).toMatchObject({ status: 503, errorCode: 'SERVICO_INDISPONIVEL', retryAfter: '2' })
  }
  expect(Math.max(...answers.map(({ durationMs }) => durationMs))).toBeLessThan(answerMsMax)
}

/** How long after `sinceMs` the first ticket was opened. */
async function recoveredAfterMs(load: TicketLoad, sinceMs: number): Promise<number> {
  const opened = () => load.answers.find(({ status, endedMs }) => status === 201 && endedMs > sinceMs)
  await expect.poll(opened, { timeout: recoveryMsMax, interval: 20 }).toBeDefined()
  return (opened()?.endedMs ?? Infinity) - sinceMs
}

describe.each(servers)('$name', ({ kind, root, name }) => {
  it('killed under load is told clearly, and the API goes on by itself with nothing lost', async () => {
    const server = await startDatabaseServer({ kind, root, durability: 'durable' })
    try {
      await runOnServer(server.url, 'create database killed')
      const databaseUrl = `${server.url}killed`
      await using api = await startApiProcess({
        environment: { DATABASE_URL: databaseUrl, DATA_DIR: folder },
      })
      const session = await signIn(api.url)
      const load = new TicketLoad({ url: api.url, session, name: kind })
      const recoveriesMs: number[] = []
      for (let time = 1; time <= 3; time += 1) {
        await pause(300)
        await server.kill()
        await pause(700)
        expect((await fetch(`${api.url}/readyz`)).status).toBe(503)
        await server.start()
        recoveriesMs.push(await recoveredAfterMs(load, performance.now()))
      }
      const answers = await load.stop()
      expectClearAnswers(answers)
      const { acknowledged } = await expectNothingLost({ url: api.url, session, databaseUrl, answers })
      recordFigure(
        `${name} killed under load`,
        `3 times: ${acknowledged} tickets acknowledged, none lost; ${answers.length - acknowledged} answers 503; ` +
          `the first ticket ${Math.round(median(recoveriesMs))} ms after it was back`,
      )
    } finally {
      await server.destroy()
    }
  }, 180_000)

  it('that hangs is told within the time of a statement, and used again when it answers', async () => {
    const server = await startDatabaseServer({ kind, root, durability: 'durable' })
    const direct = new URL(`${server.url}hanging`)
    const proxy = await startStallingProxy(Number(direct.port))
    try {
      await runOnServer(server.url, 'create database hanging')
      const proxied = new URL(direct)
      proxied.port = String(proxy.port)
      await using api = await startApiProcess({
        environment: { DATABASE_URL: proxied.href, DATA_DIR: folder },
      })
      const session = await signIn(api.url)
      const load = new TicketLoad({ url: api.url, session, name: kind, workers: 30 })
      await pause(500)
      proxy.stall()
      await pause(answerMsMax)
      expect((await fetch(`${api.url}/healthz`)).status).toBe(200)
      const stalled = openTicket({ url: api.url, session, key: 'while-it-hangs' })
      proxy.resume()
      const recoveryMs = await recoveredAfterMs(load, performance.now())
      const answers = [...(await load.stop()), await stalled]
      expectClearAnswers(answers)
      await expectNothingLost({ url: api.url, session, databaseUrl: direct.href, answers })
      const slowest = Math.max(...answers.map(({ durationMs }) => durationMs))
      recordFigure(
        `${name} that hangs`,
        `slowest answer ${Math.round(slowest)} ms; the first ticket ${Math.round(recoveryMs)} ms after it went on`,
      )
    } finally {
      await proxy.close()
      await server.destroy()
    }
  }, 180_000)
})
