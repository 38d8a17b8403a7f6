import { expect, it } from 'vitest'
import { createFakeClock } from '../testing/fakes.ts'
import { createTestAdmin, type TestAdmin } from '../testing/test-admin.ts'
import { createTestApi } from '../testing/test-api.ts'
import { borrowMigratedDatabase } from '../testing/migrated-test-database.ts'

/** Two ratings of one evening in São Paulo, one of the next morning. */
async function withRatings(work: (admin: TestAdmin) => Promise<void>): Promise<void> {
  const database = await borrowMigratedDatabase()
  try {
    const clock = createFakeClock('2026-11-24T02:30:00.000Z')
    await using test = await createTestApi({ DATABASE_URL: database.url }, clock)
    const rate = (chamada: string, nota: number, momento: string) =>
      test.post('/api/avaliar_atendimento', { chamada, nota, momento })
    await rate('17.1', 5, 'tecnico')
    await rate('17.2', 2, 'consulta')
    clock.set('2026-11-24T12:00:00.000Z')
    await rate('17.3', 4, 'tecnico')
    await work(createTestAdmin({ DATABASE_URL: database.url }, clock))
  } finally {
    await database.drop()
  }
}

it('shows mean and count of all ratings, and how many gave which', () =>
  withRatings(async (admin) => {
    const { printed } = await admin.run('satisfaction', 'show')
    expect(printed.split('\n')).toEqual([
      'Média 3,67 em 3 nota(s).',
      '  nota 1: 0',
      '  nota 2: 1',
      '  nota 3: 0',
      '  nota 4: 1',
      '  nota 5: 1',
    ])
  }))

it('takes days as they are in the time zone, the last one whole, and a moment', () =>
  withRatings(async (admin) => {
    const show = (...options: string[]) => admin.json('satisfaction', 'show', ...options)
    expect(await show('--until', '2026-11-23')).toMatchObject({ count: 2, mean: 3.5 })
    expect(await show('--since', 'hoje')).toMatchObject({ count: 1, mean: 4 })
    expect(await show('--since', '2026-11-23', '--until', '2026-11-24')).toMatchObject({ count: 3 })
    expect(await show('--moment', 'tecnico')).toMatchObject({ count: 2, mean: 4.5 })
    const { printed } = await admin.run('satisfaction', 'show', '--since', '2026-11-25')
    expect(printed).toBe('Nenhuma nota neste período.')
  }))

it.each([
  [['--since', 'ontem'], '"ontem"'],
  [['--moment', 'sempre'], '"sempre"'],
  [['--since', '2026-11-24', '--until', '2026-11-23'], '--until é antes'],
])('refuses %j', (options, message) =>
  withRatings(async (admin) => {
    const { exitCode, error } = await admin.run('satisfaction', 'show', ...options)
    expect([exitCode, error]).toEqual([2, expect.stringContaining(message)])
  }),
)
