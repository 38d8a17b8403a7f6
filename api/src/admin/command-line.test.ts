import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestAdmin, type TestAdmin } from '../testing/test-admin.ts'
import { auditEvents, createTestApi } from '../testing/test-api.ts'
import type { TestDatabase } from '@ura/core/database/testing/test-database'
import { borrowMigratedDatabase } from '../testing/migrated-test-database.ts'

let folder: string
let database: TestDatabase
let admin: TestAdmin
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ura-admin-'))
  database = await borrowMigratedDatabase()
  admin = createTestAdmin({ DATABASE_URL: database.url, DATA_DIR: folder })
})
afterEach(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

const startApi = () => createTestApi({ DATA_DIR: folder, DATABASE_URL: database.url })

describe('clients', () => {
  it('are created before the API ever ran, with a token that works and is shown once', async () => {
    const made = (await admin.json('clients', 'create', 'web', '--networks', '127.0.0.1,10.0.0.0/8')) as {
      token: string
    }
    await using test = await startApi()
    const signIn = () => test.post('/api/autenticar_sessao', {}, { authorization: `Bearer ${made.token}` })
    expect((await signIn()).statusCode).toBe(200)
    expect((await admin.run('clients', 'list')).printed).toMatch(/^web +127\.0\.0\.1,10\.0\.0\.0\/8/m)
    expect((await admin.run('clients', 'list')).printed).not.toContain(made.token)
    expect((await admin.run('clients', 'create', 'web', '--networks', '::1')).exitCode).toBe(1)
    expect((await admin.run('clients', 'revoke', 'web', '--yes')).exitCode).toBe(0)
    expect((await signIn()).statusCode).toBe(401)
    expect((await admin.run('clients', 'revoke', 'web', '--yes')).exitCode).toBe(1)
    expect(await auditEvents(test.api)).toEqual([
      'client_created',
      'sign_in',
      'sign_in',
      'client_revoked',
      'sign_in_refused',
    ])
  })

  it.each([
    [['clients', 'create', 'web']],
    [['clients', 'create', 'web', '--networks', '10.0.0.0/99']],
    [['clients', 'create', 'não', '--networks', '::1']],
    [['clients', 'create', '--networks', '::1']],
  ])('%j is not understood', async (typed) => {
    expect((await admin.run(...typed)).exitCode).toBe(2)
  })
})

describe('hours', () => {
  it('that are changed are heard by the running API at its next request', async () => {
    await using test = await startApi()
    const isOpen = async () => (await test.get('/api/horario_atendimento')).json<{ aberto: boolean }>().aberto
    expect(await isOpen()).toBe(true)
    expect((await admin.run('hours', 'close', 'hoje', '--reason', 'Falta de energia')).exitCode).toBe(0)
    expect(await isOpen()).toBe(false)
    expect((await admin.run('hours', 'open', '2026-11-23')).exitCode).toBe(0)
    test.clock.advance({ hours: 11 })
    expect(await isOpen()).toBe(true)
    expect((await admin.run('hours', 'open', 'today', '08:00-10:00,13:00-14:00')).exitCode).toBe(0)
    expect(await isOpen()).toBe(false)
    expect((await admin.run('hours', 'clear', 'hoje')).exitCode).toBe(0)
    expect((await admin.run('hours', 'clear', 'hoje')).exitCode).toBe(1)
    expect((await auditEvents(test.api)).filter((event) => event === 'office_hours_changed')).toHaveLength(4)
  })

  it('are shown for people and for programs', async () => {
    await startApi().then((test) => test.api.close())
    await admin.run('hours', 'close', '2026-12-24', '--reason', 'Véspera')
    const { printed } = await admin.run('hours', 'show')
    expect(printed).toContain('segunda: 08:00-12:00,13:00-17:00')
    expect(printed).toContain('domingo: fechado')
    expect(printed).toContain('2026-12-24: fechado (Véspera)')
    expect(printed).toContain('Agora: aberto (horario)')
    expect(await admin.json('hours', 'show')).toMatchObject({ open: true, reason: 'horario' })
  })

  it.each([
    [['hours', 'close', '2026-02-30']],
    [['hours', 'close', 'amanhã']],
    [['hours', 'close']],
    [['hours', 'open', 'hoje', '12:00-08:00']],
    [['hours', 'open', 'hoje', '08:00-12:00', 'mais']],
    [['hours', 'open', 'hoje', '08:00-12:00,11:00-13:00']],
    [['hours', 'week', 'amanhã', '08:00-12:00']],
    [['hours', 'week', 'segunda', 'sempre']],
    [['holidays', 'add', '02-30', 'Nada']],
    [['holidays', 'add', '2026-06-13', '']],
    [['holidays', 'list', '--year', '26']],
    [['hours', 'show', '--reason', 'x']],
  ])('%j is not understood', async (typed) => {
    expect((await admin.run(...typed)).exitCode).toBe(2)
  })
})

describe('the week and holidays', () => {
  it('are changed, listed and heard at once', async () => {
    await using test = await startApi()
    const isOpen = async () => (await test.get('/api/horario_atendimento')).json<{ aberto: boolean }>().aberto
    expect(await isOpen()).toBe(true)
    expect((await admin.run('hours', 'week', 'segunda-feira', 'fechado')).printed).toBe('segunda: fechado')
    expect(await isOpen()).toBe(false)
    expect((await admin.run('hours', 'week', 'SEGUNDA', '13:00-17:00,08:00-12:00')).exitCode).toBe(0)
    expect((await admin.run('hours', 'show')).printed).toContain('segunda: 08:00-12:00,13:00-17:00')
    expect(await isOpen()).toBe(true)
    await admin.run('holidays', 'add', '11-23', 'Aniversário da cidade')
    expect(await isOpen()).toBe(false)
    const { printed } = await admin.run('holidays', 'list')
    expect(printed).toMatch(/^2026-11-23 +Aniversário da cidade +local, todo ano$/m)
    expect(printed).toMatch(/^2026-12-25 +Natal +nacional$/m)
    expect((await admin.run('holidays', 'remove', '11-23')).exitCode).toBe(0)
    expect((await admin.run('holidays', 'remove', '11-23')).exitCode).toBe(1)
    expect(await isOpen()).toBe(true)
  })

  it('have exceptions listed from today on', async () => {
    await admin.run('hours', 'close', '2026-11-20')
    await admin.run('hours', 'close', '2026-12-24', '--reason', 'Véspera')
    expect((await admin.run('hours', 'exceptions')).printed).toBe('2026-12-24: fechado (Véspera)')
    expect(await admin.json('hours', 'exceptions', '--all')).toHaveLength(2)
  })
})

describe('tickets and users', () => {
  it('are shown, and a status is changed with an event and an audit entry', async () => {
    await using test = await startApi()
    await test.post('/api/novo_chamado', { usuario: '1001', servico: '2-2' })
    expect((await admin.run('tickets', 'status', '10017', 'em_atendimento')).exitCode).toBe(0)
    expect((await admin.run('tickets', 'status', '10017', 'em_atendimento')).exitCode).toBe(1)
    const { printed } = await admin.run('tickets', 'show', '10017')
    expect(printed).toContain('Chamado 10017: Computador não liga (Computador)')
    expect(printed).toContain('aberto -> em_atendimento  (admin:ana)')
    const told = await test.post('/api/verificar_chamado', { usuario: '1001', chamado: '10017' })
    expect(told.json()).toMatchObject({ chamado: { situacao: 'em_atendimento' } })
    expect(await auditEvents(test.api)).toContain('ticket_status_changed')
  })

  it('refuse a protocol that is none and a status that is none', async () => {
    expect((await admin.run('tickets', 'show', '10018')).exitCode).toBe(1)
    expect((await admin.run('tickets', 'show', '10017')).exitCode).toBe(1)
    expect((await admin.run('tickets', 'status', '10017', 'perdido')).exitCode).toBe(2)
  })

  it('show phones masked', async () => {
    await startApi().then((test) => test.api.close())
    const { printed } = await admin.run('users', 'list')
    expect(printed).toMatch(/^1001 +João da Conceição +Obras +\+55 45 \*{5}-0001 +2001 +ativo$/m)
    expect(printed).not.toContain('99999')
  })
})

describe('help and mistakes', () => {
  it.each([
    [{ DATABASE_URL: 'mysql://localhost/x' }, /^The configuration has 1 fault.*DATABASE_URL/s],
    [
      { DATABASE_URL: 'sqlite:/dev/null/x.sqlite' },
      /^The database \/dev\/null\/x\.sqlite can't be opened: .+$/,
    ],
  ])('the setting %j is told in plain words, with exit code 2', async (environment, told) => {
    const { exitCode, error } = await createTestAdmin(environment).run('users', 'list')
    expect(exitCode).toBe(2)
    expect(error).toMatch(told)
    expect(error).not.toContain('    at ')
    expect((await createTestAdmin(environment).run('--help')).exitCode).toBe(0)
  })

  it('lists every command, when asked and when nothing was typed', async () => {
    const { exitCode, printed } = await admin.run('--help')
    expect(exitCode).toBe(0)
    expect(printed).toContain('hours close DATA')
    expect((await admin.run()).printed).toBe(printed)
  })

  it('tells of one group or one command', async () => {
    const group = await admin.run('clients', '--help')
    expect(group.printed).toContain('clients rotate NOME')
    expect(group.printed).not.toContain('users')
    expect((await admin.run('clients')).printed).toBe(group.printed)
    const { printed } = await admin.run('users', 'import', '--help')
    expect(printed).toMatch(/^Uso: npm run admin -- users import ARQUIVO\.csv/)
    expect(printed).toMatch(/--deactivate-missing +Desativa quem não está no arquivo/)
    expect((await admin.run('users', 'nada', '--help')).exitCode).toBe(0)
    expect((await admin.run('nada', '--help')).exitCode).toBe(2)
  })

  it('tells a fault as JSON to whoever asked for JSON', async () => {
    const { exitCode, printed, error } = await admin.run('users', 'show', '9', '--json')
    expect({ exitCode, printed }).toEqual({ exitCode: 1, printed: '' })
    expect(JSON.parse(error)).toEqual({ error: 'Não há usuário com o código "9".' })
  })

  it.each([[['nada']], [['clients', 'toString']], [['users', 'list', '--tudo']], [['users', 'list', 'x']]])(
    '%j gives exit code 2 and says so in Portuguese',
    async (typed) => {
      const { exitCode, error } = await admin.run(...typed)
      expect(exitCode).toBe(2)
      expect(error).toMatch(/Comando desconhecido|Opção desconhecida|Uso:/)
    },
  )
})
