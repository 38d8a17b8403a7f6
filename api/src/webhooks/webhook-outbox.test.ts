import type { KyselyPlugin } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTwoPrograms, type TwoPrograms } from '../database/contract/two-programs.ts'
import type { Database } from '../database/schema.ts'
import { inTransaction } from '../database/transaction.ts'
import { createFakeClock } from '../testing/fakes.ts'
import { addEndpoint, listEndpoints, removeEndpoint } from './webhook-endpoint-repository.ts'
import { announce, type WebhookEvent, webhookEventTypes } from './webhook-outbox.ts'

const clock = createFakeClock()
const event: WebhookEvent = { type: 'ticket.opened', at: clock.now(), data: { protocol: '10017' } }

let programs: TwoPrograms
let db: Database
beforeEach(async () => {
  programs = await createTwoPrograms(clock.now())
  db = programs.one
  for (const name of ['kept', 'removed']) {
    const endpoint = { name, url: `http://${name}.example/`, secret: 'whsec_', events: webhookEventTypes }
    await addEndpoint(db, endpoint, clock.now())
  }
})
afterEach(() => programs.close())

async function remove(connection: Database): Promise<void> {
  const endpoint = (await listEndpoints(connection)).find(({ name }) => name === 'removed')
  await inTransaction(connection, (trx) => removeEndpoint(trx, endpoint?.id ?? 0))
}

const owedTo = async () => {
  const rows = await db
    .selectFrom('webhook_deliveries')
    .innerJoin('webhook_endpoints', 'webhook_endpoints.id', 'webhook_deliveries.endpoint_id')
    .select('name')
    .orderBy('name')
    .execute()
  return rows.map(({ name }) => name)
}

/** Does something behind the first statement. */
function interrupted(work: () => Promise<void>): KyselyPlugin {
  let isDone = false
  return {
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      if (!isDone) {
        isDone = true
        await work()
      }
      return result
    },
  }
}

describe('an event', () => {
  it('is owed to each endpoint', async () => {
    await announce(db, event)
    expect(await owedTo()).toEqual(['kept', 'removed'])
  })

  it('goes without an endpoint that is removed while it is announced', async () => {
    await announce(db.withPlugin(interrupted(() => remove(programs.other))), event)
    expect(await owedTo()).toEqual(['kept'])
  })

  it('never fails, nor does the removal, when many come at once with it', async () => {
    const announced = Array.from({ length: 30 }, () => inTransaction(db, (trx) => announce(trx, event)))
    await Promise.all([...announced, remove(programs.other)])
    expect(await owedTo()).toEqual(Array.from({ length: 30 }, () => 'kept'))
  })
})
