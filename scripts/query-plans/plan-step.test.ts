import { openDatabase } from '@ura/api/database/connection'
import { migrate } from '@ura/api/database/migrations'
import type { Database } from '@ura/api/database/schema'
import { CompiledQuery } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cellsOf, scansOf } from './document.ts'
import { planStepsOf } from './plan-step.ts'

let db: Database
beforeAll(async () => {
  db = openDatabase('sqlite::memory:')
  await migrate(db, { now: new Date(0) })
})
afterAll(() => db.destroy())

const stepsOf = (text: string, ...values: unknown[]) => planStepsOf(db, CompiledQuery.raw(text, values))

describe('what a statement asks of a table', () => {
  it('is the index that it searches', async () => {
    const steps = await stepsOf('select name from users where whatsapp = ?', '+5545999990001')
    expect(steps).toEqual([{ table: 'users', index: 'users_whatsapp', isWalk: false }])
  })

  it('is every row, even along an index, when there is neither a condition nor a limit', async () => {
    const steps = [
      ...(await stepsOf('select name from users')),
      ...(await stepsOf('select count(*) from tickets')),
    ]
    expect(scansOf([{ request: 'countAll', steps }])).toEqual([
      'countAll reads all of users',
      'countAll reads all of tickets',
    ])
  })

  it('is every row when no index serves the condition, limit or not', async () => {
    const [step] = await stepsOf('select id from users where department = ? limit 5', 'Obras')
    expect(step?.index).toBeNull()
  })

  it('is a walk along an index when that ends at a limit', async () => {
    const steps = await stepsOf('select id from tickets order by opened_at_ms desc limit 50')
    expect(steps).toEqual([{ table: 'tickets', index: 'tickets_opened', isWalk: true }])
    expect(cellsOf([{ request: 'newest', steps }])).toEqual(new Map([['newest', 'tickets_opened →']]))
  })
})
