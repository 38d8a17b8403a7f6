import { expect, it } from 'vitest'
import { createTestAdmin, type TestAdmin } from '../testing/test-admin.ts'
import { auditEvents, createTestApi, type TestApi } from '../testing/test-api.ts'
import { borrowMigratedDatabase } from '../testing/migrated-test-database.ts'

async function withAdmin(work: (admin: TestAdmin, test: TestApi) => Promise<void>): Promise<void> {
  const database = await borrowMigratedDatabase()
  try {
    await using test = await createTestApi({ DATABASE_URL: database.url })
    await work(createTestAdmin({ DATABASE_URL: database.url }, test.clock), test)
  } finally {
    await database.drop()
  }
}

async function idOf(admin: TestAdmin, title: string): Promise<string> {
  const announcements = (await admin.json('announcements', 'list')) as { id: number; title: string }[]
  return String(announcements.find((one) => one.title === title)?.id)
}

it('adds, changes, switches and removes; the next call hears it', () =>
  withAdmin(async (admin, test) => {
    expect((await admin.run('announcements', 'list')).printed).toContain('Nenhuma informação')
    await admin.run('announcements', 'add', 'Horário', '--text', 'Das oito às dezessete.')
    await admin.run('announcements', 'add', 'Senha', '--text', 'x'.repeat(100), '--position', '1')
    const { printed } = await admin.run('announcements', 'list')
    expect(printed).toMatch(/^\d+ +1 +Senha +x{59}…$/m)
    expect(printed).toMatch(/^\d+ +2 +Horário +Das oito às dezessete\.$/m)
    const senha = await idOf(admin, 'Senha')
    expect((await admin.run('announcements', 'off', senha)).printed).toMatch(/desligada +Senha/)
    expect((await test.get('/api/informacoes')).json()).toMatchObject({
      informacoes: [{ tecla: '1', titulo: 'Horário' }],
    })
    await admin.run('announcements', 'on', senha)
    await admin.run('announcements', 'change', senha, '--title', 'Trocar a senha', '--position', '2')
    expect((await admin.run('announcements', 'list')).printed).toMatch(/ 2 +Trocar a senha/)
    admin.answer = true
    await admin.run('announcements', 'remove', senha)
    expect(admin.asked).toEqual([`Apagar a informação ${senha} para sempre?`])
    expect(await admin.json('announcements', 'list')).toMatchObject([{ title: 'Horário', key: '1' }])
    expect(await auditEvents(test.api)).toContain('announcements_changed')
  }))

it.each([
  [['add', 'Horário'], 2, '--text'],
  [['add', 'Horário', '--text', ''], 1, '"text"'],
  [['change', '1'], 2, '--title'],
  [['on', 'x'], 2, '"x"'],
  [['on', '99'], 1, 'não encontrada'],
  [['add', 'Horário', '--text', 'Oito.', '--position', '10'], 2, '--position'],
] as const)('refuses %j', (typed, code, message) =>
  withAdmin(async (admin) => {
    const { exitCode, error } = await admin.run('announcements', ...typed)
    expect([exitCode, error]).toEqual([code, expect.stringContaining(message)])
  }),
)
