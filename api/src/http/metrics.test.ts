import { readFile } from 'node:fs/promises'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, expect, it, vi } from 'vitest'
import { openDatabase } from '../database/connection.ts'
import { measureDatabase } from '../database/database-metrics.ts'
import { Registry } from 'prom-client'
import { inTransaction } from '../database/transaction.ts'
import { createTestApi, type TestApi } from '../testing/test-api.ts'

afterEach(() => void vi.restoreAllMocks())

const docs = new URL('../../../docs/', import.meta.url)

interface Described {
  name: string
  type: string
  labels: string
}

/** The rows of the table in the programmer's guide. */
async function described(): Promise<Described[]> {
  const guide = await readFile(new URL('programmers-guide.md', docs), 'utf8')
  return [...guide.matchAll(/^\| `(ura_\w+)` \| (\w+) \| ([\w, ]*) ?\|/gm)].map(([, name, type, labels]) => ({
    name: name ?? '',
    type: type ?? '',
    labels: (labels ?? '').trim(),
  }))
}

/** What a registry has; the labels are those that its class was given. */
function registered(registry: Registry): Described[] {
  return registry.getMetricsAsArray().map((metric) => {
    const { name, labelNames } = metric as unknown as { name: string; labelNames: string[] }
    return { name, type: metric.constructor.name.toLowerCase(), labels: labelNames.join(', ') }
  })
}

const byName = (one: Described, other: Described) => (one.name < other.name ? -1 : 1)

async function metricsOf(test: TestApi): Promise<string> {
  return (await test.get('/metrics')).body
}

it("the programmer's guide describes every metric with kind and labels, and no other", async () => {
  await using test = await createTestApi()
  // A pool that connects to nothing, for the metrics that SQLite doesn't have.
  const pooled = openDatabase('mysql://ura:nobody@127.0.0.1:1/ura')
  const ofServer = new Registry()
  measureDatabase(ofServer, pooled)
  await pooled.destroy()
  const all = new Map(
    [...registered(test.api.metrics), ...registered(ofServer)].map((metric) => [metric.name, metric]),
  )
  expect((await described()).toSorted(byName)).toEqual([...all.values()].toSorted(byName))
})

it('the example alerts ask for metrics that there are', async () => {
  const alerts = await readFile(new URL('alertas-prometheus.yml', docs), 'utf8')
  const names = new Set((await described()).map(({ name }) => name))
  const asked = [...alerts.matchAll(/\bura_\w+/g)].map(([name]) => name.replace(/_(?:bucket|count|sum)$/, ''))
  expect(asked.length).toBeGreaterThan(5)
  expect(asked.filter((name) => !names.has(name))).toEqual([])
})

it('sign-ins and refusals are counted', async () => {
  await using test = await createTestApi()
  await test.post('/api/autenticar_sessao', {}, { authorization: 'Bearer wrong' })
  await test.get('/api/servicos', { authorization: '' })
  const metrics = await metricsOf(test)
  expect(metrics).toContain('ura_sign_ins_total 1\n')
  expect(metrics).toContain('ura_refusals_total{event="sign_in_refused"} 1\n')
  expect(metrics).toContain('ura_refusals_total{event="session_refused"} 1\n')
})

it('a dependency that goes is told, with the time', async () => {
  await using test = await createTestApi()
  expect(await metricsOf(test)).toContain('ura_dependency_up{dependency="whatsapp"} 1\n')
  test.gateway.fault = 'connection'
  test.clock.advance({ minutes: 1 })
  const metrics = await metricsOf(test)
  expect(metrics).toContain('ura_dependency_up{dependency="whatsapp"} 0\n')
  expect(metrics).toContain('ura_dependency_up{dependency="banco"} 1\n')
  const changedAt = test.clock.now().getTime() / 1000
  expect(metrics).toContain(`ura_dependency_changed_timestamp_seconds{dependency="whatsapp"} ${changedAt}\n`)
})

it('statements and repeated transactions are counted', async () => {
  await using test = await createTestApi()
  const deadlock = Object.assign(new Error('deadlock'), { errno: 1213, sqlState: '40001' })
  let turns = 0
  await inTransaction(test.api.db, async () => {
    turns += 1
    await turn()
    if (turns === 1) {
      throw deadlock
    }
  })
  const metrics = await metricsOf(test)
  expect(metrics).toContain('ura_database_transaction_repeats_total{reason="deadlock"} 1\n')
  expect(metrics).toMatch(/ura_database_statement_seconds_count\{outcome="ok"\} \d\d/)
})

it('what is asked for in vain makes no label of its own', async () => {
  await using test = await createTestApi()
  for (const url of ['/a', '/b', '/api/c?d=e', '/audio/x/y']) {
    await test.get(url)
  }
  const routes = new Set([...(await metricsOf(test)).matchAll(/route="([^"]+)"/g)].map(([, route]) => route))
  expect(routes).toEqual(new Set(['/api/autenticar_sessao', 'unknown']))
})
