import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { startDatabaseServer } from '../../scripts/real-parts/database-process.ts'
import { recordFigure } from '../../scripts/test/figures.ts'
import { type MessageAnswer, queueDepth, sendText, startGatewayProcess, TextLoad } from './gateway-process.ts'
import { findDatabaseServers, runOnServer } from './real-database.ts'

/** `GATEWAY_KILLS` kills it more often, on each database. */
const kills = Number(process.env['GATEWAY_KILLS'] ?? 10)
const loadMsMax = 400
const timeoutMs = 60_000 + kills * 6_000

const folder = await mkdtemp(join(tmpdir(), 'ura-killed-gateway-'))
const [server] = await findDatabaseServers()
afterAll(() => rm(folder, { recursive: true, force: true }))

/** What the provider knows: how often each message left, and which it confirmed. */
function readLedger(path: string): { sent: string[]; confirmed: string[] } {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []
  const idsOf = (word: string) =>
    lines.filter((line) => line.startsWith(word)).map((line) => line.slice(word.length))
  return { sent: idsOf('sent '), confirmed: idsOf('confirmed ') }
}

/** Kills gateway after gateway in the middle of its work, then has a last one finish, and compares it with the ledger. */
async function killRepeatedly(name: string, databaseUrl: string): Promise<{ accepted: number }> {
  const dataFolder = join(folder, name)
  await mkdir(dataFolder)
  const ledger = join(dataFolder, 'ledger')
  const environment = { DATA_DIR: dataFolder, LEDGER: ledger, GATEWAY_DATABASE_URL: databaseUrl }
  const answers: MessageAnswer[] = []
  for (let kill = 1; kill <= kills; kill += 1) {
    await using gateway = await startGatewayProcess(environment)
    const load = new TextLoad({ url: gateway.url, name: `${name}-${kill}`, workers: 8 })
    await pause(10 + Math.random() * loadMsMax)
    gateway.kill('SIGKILL')
    expect(await gateway.ended).toBeNull()
    answers.push(...(await load.stop()))
  }
  await using last = await startGatewayProcess(environment)
  const repeated: MessageAnswer[] = []
  for (const { key } of answers) {
    repeated.push(await sendText(last.url, key))
  }
  await expect.poll(() => queueDepth(last.url), { timeout: 60_000, interval: 50 }).toBe(0)
  const ends = new Map<string, string | null>()
  for (const { key } of answers) {
    const { id, status } = await sendText(last.url, key)
    ends.set(id ?? 'none', status)
  }
  const { sent, confirmed } = readLedger(ledger)
  const accepted = answers.filter(({ id }) => id !== null)
  expect(
    repeated.filter(({ id }, index) => id === null || ![null, id].includes(answers[index]?.id ?? null)),
  ).toEqual([])
  expect(
    [...ends.values()].filter((end) => !/^(sent|delivered|unknown|failed)$/.test(end ?? 'none')),
  ).toEqual([])
  expect(sent.length).toBe(new Set(sent).size)
  const endsOf = (ids: readonly string[]) => new Set(ids.map((id) => ends.get(id)))
  expect([...endsOf(confirmed)].filter((end) => !/^(sent|delivered|unknown)$/.test(end ?? 'none'))).toEqual(
    [],
  )
  const confirmedIds = new Set(confirmed)
  const told = [...ends].filter(([, end]) => end === 'sent' || end === 'delivered')
  expect(told.filter(([id]) => !confirmedIds.has(id))).toEqual([])
  const unknown = [...ends.values()].filter((end) => end === 'unknown').length
  recordFigure(
    `gateway killed under load, ${name}`,
    `${kills} times: ${accepted.length} messages accepted, ${answers.length - accepted.length} requests without an answer; ` +
      `all came to an end (${told.length} sent, ${unknown} unknown); ${confirmed.length} confirmed by the provider, none sent twice`,
  )
  return { accepted: accepted.length }
}

describe('a gateway that is killed under load', () => {
  it(
    'loses nothing that it accepted and sends nothing twice: SQLite',
    async () => {
      const { accepted } = await killRepeatedly('sqlite', '')
      expect(accepted).toBeGreaterThan(kills)
    },
    timeoutMs,
  )

  it.runIf(server !== undefined)(
    'loses nothing that it accepted and sends nothing twice: MySQL',
    async () => {
      if (server === undefined) throw new Error('no server')
      const running = await startDatabaseServer({ ...server, durability: 'durable' })
      try {
        await runOnServer(running.url, 'create database killed_gateway')
        const { accepted } = await killRepeatedly(server.kind, `${running.url}killed_gateway`)
        expect(accepted).toBeGreaterThan(kills)
      } finally {
        await running.destroy()
      }
    },
    timeoutMs,
  )
})
