import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openDatabase } from '@ura/api/database/connection'
import { afterAll, describe, expect, it } from 'vitest'
import { startDatabaseServer } from '../../scripts/real-parts/database-process.ts'
import { recordFigure } from '../../scripts/test/figures.ts'
import { type ApiProcess, signIn, startApiProcess } from './api-process.ts'
import { findDatabaseServers, runOnServer } from './real-database.ts'
import { TicketLoad } from './ticket-load.ts'

const folder = await mkdtemp(join(tmpdir(), 'ura-shutdown-'))
const [server] = await findDatabaseServers()
afterAll(() => rm(folder, { recursive: true, force: true }))

const timesToStop = 5
const shutdownMsMax = 5_000

/** Stops APIs in the midst of their work and counts what they and their clients know of it. */
async function stopUnderLoad(databaseUrl: string) {
  let answered = 0
  let received = 0
  let slowestMs = 0
  const statuses = new Set<number | null>()
  const exitCodes = new Set<number | null>()
  for (let time = 1; time <= timesToStop; time += 1) {
    await using api = await startApiProcess({
      environment: { DATABASE_URL: databaseUrl, DATA_DIR: folder },
    })
    const session = await signIn(api.url)
    const load = new TicketLoad({ url: api.url, session, name: `stop-${time}`, workers: 20 })
    // One that asks nothing must not hold anything up.
    const idle = connect(Number(new URL(api.url).port), '127.0.0.1').on('error', () => undefined)
    await pause(400)
    const startedMs = performance.now()
    api.kill('SIGTERM')
    exitCodes.add(await api.ended)
    slowestMs = Math.max(slowestMs, performance.now() - startedMs)
    const answers = await load.stop()
    idle.destroy()
    const whole = answers.filter(({ status }) => status !== null)
    whole.forEach(({ status }) => statuses.add(status))
    received += whole.length
    answered += answeredTickets(api)
  }
  return { answered, received, slowestMs, statuses: [...statuses], exitCodes: [...exitCodes] }
}

function answeredTickets({ logLines }: ApiProcess): number {
  return logLines.filter((line) => line.includes('request answered') && line.includes('novo_chamado')).length
}

async function ticketCount(databaseUrl: string): Promise<number> {
  const db = openDatabase(databaseUrl)
  const tickets = await db.selectFrom('tickets').select('id').execute()
  await db.destroy()
  return tickets.length
}

describe('SIGTERM under load', () => {
  it('loses no answer: SQLite', async () => {
    const databaseUrl = `sqlite:${folder}/helpdesk.sqlite`
    const { answered, received, slowestMs, ...rest } = await stopUnderLoad(databaseUrl)
    expect(rest).toEqual({ statuses: [201], exitCodes: [0] })
    expect(received).toBe(answered)
    expect(await ticketCount(databaseUrl)).toBe(received)
    expect(slowestMs).toBeLessThan(shutdownMsMax)
    recordFigure('SIGTERM under load, SQLite', `${received} answers, none lost; ${Math.round(slowestMs)} ms`)
  }, 120_000)

  it.runIf(server !== undefined)(
    'loses no answer: MySQL',
    async () => {
      if (server === undefined) throw new Error('no server')
      const running = await startDatabaseServer({ ...server, durability: 'durable' })
      try {
        await runOnServer(running.url, 'create database stopped')
        const databaseUrl = `${running.url}stopped`
        const { answered, received, slowestMs, ...rest } = await stopUnderLoad(databaseUrl)
        expect(rest).toEqual({ statuses: [201], exitCodes: [0] })
        expect(received).toBe(answered)
        expect(await ticketCount(databaseUrl)).toBe(received)
        expect(slowestMs).toBeLessThan(shutdownMsMax)
        recordFigure(
          `SIGTERM under load, ${server.name}`,
          `${received} answers, none lost; ${Math.round(slowestMs)} ms`,
        )
      } finally {
        await running.destroy()
      }
    },
    120_000,
  )
})

describe('SIGUSR2', () => {
  const notHttp = async (api: ApiProcess) => {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1')
    socket.resume().write('nonsense\r\n\r\n')
    await once(socket, 'close')
  }
  const lines = (api: ApiProcess, message: string) => api.logLines.filter((line) => line.includes(message))

  it('switches the log of a running service to debug, and back', async () => {
    await using api = await startApiProcess({
      environment: { DATABASE_URL: `sqlite:${folder}/log-level.sqlite`, DATA_DIR: folder },
    })
    // Its signals are in place once it has answered.
    await fetch(`${api.url}/healthz`)
    await notHttp(api)
    for (const [switches, debugLines] of [
      [1, 1],
      [2, 1],
    ] as const) {
      api.kill('SIGUSR2')
      await expect.poll(() => lines(api, 'log level switched')).toHaveLength(switches)
      await notHttp(api)
      // Behind it: by then the line of the other one is there, if there is any.
      await fetch(`${api.url}/api/${switches}`)
      await expect.poll(() => lines(api, 'request answered')).toHaveLength(1 + switches)
      expect(lines(api, 'request not understood')).toHaveLength(debugLines)
    }
    expect(
      lines(api, 'log level switched').map((line) => (JSON.parse(line) as { logLevel: string }).logLevel),
    ).toEqual(['debug', 'info'])
  })
})
