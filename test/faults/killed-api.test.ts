import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { startDatabaseServer } from '../../scripts/real-parts/database-process.ts'
import { recordFigure } from '../../scripts/test/figures.ts'
import { seededRandom } from '../listening/noise-prompts.ts'
import { expectNothingLost } from './acknowledged.ts'
import { signIn, startApiProcess } from './api-process.ts'
import { findDatabaseServers, runOnServer } from './real-database.ts'
import { type TicketAnswer, TicketLoad } from './ticket-load.ts'

/** `API_KILLS` kills it more often. */
const kills = Number(process.env['API_KILLS'] ?? 10)
const loadMsMax = 400

const folder = await mkdtemp(join(tmpdir(), 'ura-killed-api-'))
const [server] = await findDatabaseServers()
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Kills API after API in the middle of its work, then has a last one tell. */
async function killRepeatedly(databaseUrl: string, name: string) {
  const random = seededRandom(name)
  const environment = { DATABASE_URL: databaseUrl, DATA_DIR: folder }
  const answers: TicketAnswer[] = []
  for (let kill = 1; kill <= kills; kill += 1) {
    await using api = await startApiProcess({ environment })
    const load = new TicketLoad({ url: api.url, session: await signIn(api.url), name: `${name}-${kill}` })
    await pause(20 + random() * loadMsMax)
    api.kill('SIGKILL')
    expect(await api.ended).toBeNull()
    answers.push(...(await load.stop()))
  }
  await using last = await startApiProcess({ environment })
  const session = await signIn(last.url)
  const counts = await expectNothingLost({ url: last.url, session, databaseUrl, answers })
  recordFigure(
    `API killed under load, ${name}`,
    `${kills} times: ${counts.acknowledged} tickets acknowledged, ${counts.unanswered} requests without an answer, ` +
      'none lost or doubled',
  )
  return counts
}

describe('an API that is killed under load', () => {
  it('has lost nothing that it acknowledged, and a repeated key opens no second ticket: SQLite', async () => {
    const counts = await killRepeatedly(`sqlite:${folder}/helpdesk.sqlite`, 'sqlite')
    expect(counts.acknowledged).toBeGreaterThan(kills)
    expect(counts.unanswered).toBeGreaterThan(0)
  }, 240_000)

  it.runIf(server !== undefined)(
    'has lost nothing that it acknowledged, and a repeated key opens no second ticket: MySQL',
    async () => {
      if (server === undefined) throw new Error('no server')
      const running = await startDatabaseServer({ ...server, durability: 'durable' })
      try {
        await runOnServer(running.url, 'create database killed_api')
        const counts = await killRepeatedly(`${running.url}killed_api`, server.kind)
        expect(counts.acknowledged).toBeGreaterThan(kills)
        expect(counts.unanswered).toBeGreaterThan(0)
      } finally {
        await running.destroy()
      }
    },
    240_000,
  )
})
