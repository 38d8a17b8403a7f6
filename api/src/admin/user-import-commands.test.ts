import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../database/connection.ts'
import type { Database } from '../database/schema.ts'
import { createTestAdmin, type TestAdmin } from '../testing/test-admin.ts'
import type { TestDatabase } from '@ura/core/database/testing/test-database'
import { listUsers } from '../users/user-repository.ts'
import { borrowMigratedDatabase } from '../testing/migrated-test-database.ts'

let folder: string
let database: TestDatabase
let db: Database
let admin: TestAdmin
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ura-import-'))
  database = await borrowMigratedDatabase()
  db = openDatabase(database.url)
  admin = createTestAdmin({ DATABASE_URL: database.url, DATA_DIR: folder })
})
afterEach(async () => {
  await db.destroy()
  await database.drop()
  await rm(folder, { recursive: true })
})

async function importCsv(text: string, ...options: string[]) {
  const path = join(folder, 'pessoas.csv')
  await writeFile(path, text)
  return await admin.run('users', 'import', path, ...options)
}

async function people(): Promise<string[]> {
  return (await listUsers(db)).map(
    ({ code, name, department, active }) => `${code} ${name} ${department ?? '-'} ${active ? 'sim' : 'não'}`,
  )
}

describe('users import', () => {
  const first = 'código;nome;setor\n1;Ana;Obras\n2;Rui;Saúde\n3;Eva;Saúde\n'

  it('adds, changes what differs, leaves alone what the file does not speak of', async () => {
    expect((await importCsv(first)).printed).toMatch(/^Novos: 3, alterados: 0, sem mudança: 0/)
    const again = await importCsv('matrícula,nome\n1,Ana\n2,Ruy\n4,Zoé\n')
    expect(again).toMatchObject({ exitCode: 0 })
    expect(again.printed).toMatch(/^Novos: 1, alterados: 1, sem mudança: 1, desativados: 0/)
    expect(await people()).toEqual(['1 Ana Obras sim', '2 Ruy Saúde sim', '3 Eva Saúde sim', '4 Zoé - sim'])
    const audit = await db.selectFrom('audit_log').select(['event', 'actor', 'detail']).execute()
    expect(audit).toEqual([
      expect.objectContaining({ event: 'users_imported', actor: 'admin:ana' }),
      expect.objectContaining({ detail: '{"added":1,"changed":1,"unchanged":1,"deactivated":0}' }),
    ])
  })

  it('takes who wants notices, and says who wants them when it is exported', async () => {
    await importCsv('código;nome;avisos\n1;Ana;não\n2;Rui;\n3;Eva;sim\n')
    await importCsv('código;nome;e-mail\n1;Ana;ana@prefeitura.example\n')
    const [heading, ...lines] = (await admin.run('users', 'export')).printed.split('\n')
    expect(heading?.split(';').slice(-3)).toEqual(['e-mail', 'ativo', 'avisos'])
    expect(lines.map((line) => line.split(';').slice(-3).join(';'))).toEqual([
      'ana@prefeitura.example;sim;não',
      ';sim;sim',
      ';sim;sim',
    ])
    await importCsv('código;nome;avisos\n1;Ana;x\n2;Rui;off\n')
    expect((await listUsers(db)).map(({ notices }) => notices)).toEqual([true, false, true])
  })

  it('changes nothing when one line is bad, and tells each', async () => {
    const { exitCode, error } = await importCsv(`${first}x;Nome;-\n5;;-\n`)
    expect(exitCode).toBe(1)
    expect(error).toContain('linha 5, código: deve ter de 1 a 12 dígitos')
    expect(error).toContain('linha 6, nome: está vazio')
    expect(await people()).toEqual([])
    const json = await importCsv(`${first}x;Nome;-\n`, '--json')
    expect(JSON.parse(json.error)).toMatchObject({ faults: [{ line: 5, column: 'código' }] })
  })

  it('skips bad lines when asked to', async () => {
    const { exitCode, printed } = await importCsv(`${first}5;;-\n`, '--skip-bad-lines')
    expect(exitCode).toBe(0)
    expect(printed).toContain('linhas com erro: 1')
    expect(await people()).toHaveLength(3)
  })

  it('only tells what it would do on a dry run', async () => {
    await importCsv(first)
    const { exitCode, printed } = await importCsv('código;nome\n1;Aná\n', '--dry-run', '--deactivate-missing')
    expect(exitCode).toBe(0)
    expect(printed).toMatch(/Novos: 0, alterados: 1, sem mudança: 0, desativados: 2.*\nSimulação/)
    expect(await people()).toContain('1 Ana Obras sim')
  })

  describe('with --deactivate-missing', () => {
    beforeEach(async () => {
      await importCsv(first)
    })

    it('deactivates whom the file does not name, once the administrator agrees', async () => {
      const only = 'código;nome\n1;Ana\n'
      const refused = await importCsv(only, '--deactivate-missing')
      expect(refused).toMatchObject({ exitCode: 1 })
      expect(refused.error).toMatch(/^2 usuários .* Confirme com --yes/)
      admin.answer = false
      expect((await importCsv(only, '--deactivate-missing')).exitCode).toBe(1)
      expect(await people()).toContain('3 Eva Saúde sim')
      admin.answer = true
      expect((await importCsv(only, '--deactivate-missing')).exitCode).toBe(0)
      expect(admin.asked).toHaveLength(2)
      expect(await people()).toEqual(['1 Ana Obras sim', '2 Rui Saúde não', '3 Eva Saúde não'])
    })

    it('keeps people whose lines are bad, and refuses when it cannot tell who they are', async () => {
      const options = ['--deactivate-missing', '--skip-bad-lines', '--yes']
      expect((await importCsv('código;nome\n1;Ana\n2;\n', ...options)).exitCode).toBe(0)
      expect(await people()).toEqual(['1 Ana Obras sim', '2 Rui Saúde sim', '3 Eva Saúde não'])
      expect((await importCsv('código;nome\n1;Ana\nx;Rui\n', ...options)).exitCode).toBe(1)
      expect(await people()).toContain('2 Rui Saúde sim')
    })

    it('refuses a file of nobody', async () => {
      expect((await importCsv('código;nome\n', '--deactivate-missing', '--yes')).exitCode).toBe(1)
    })
  })

  it('leaves nothing behind when it breaks off in the middle', async () => {
    const lines = Array.from({ length: 1_200 }, (_unused, index) => `${index + 1};Pessoa ${index + 1}`)
    await importCsv(first)
    admin.onProgress = () => {
      throw new Error('interrupted')
    }
    await expect(importCsv(['código;nome', ...lines].join('\n'))).rejects.toThrow('interrupted')
    expect(await people()).toHaveLength(3)
  })

  it('takes 50,000 people in one transaction, and the same file again with half of them changed', async () => {
    const line = (index: number, name: string) =>
      `${100_000 + index};${name} da Conceição;Educação;459${90_000_000 + index};${index}`
    const file = (changed: number) =>
      [
        'código;nome;setor;whatsapp;ramal',
        ...Array.from({ length: 50_000 }, (_unused, index) => line(index, index < changed ? 'Rui' : 'João')),
      ].join('\n')
    const told: string[] = []
    admin.onProgress = (label, done, total) => void told.push(`${label} ${done}/${total}`)
    expect((await importCsv(file(0))).printed).toMatch(/^Novos: 50000,/)
    expect(told.at(-1)).toBe('Importando 50000/50000')
    expect((await importCsv(file(25_000))).printed).toMatch(/^Novos: 0, alterados: 25000, sem mudança: 25000/)
    const { rui } = await db
      .selectFrom('users')
      .select(({ fn }) => fn.countAll<number>().as('rui'))
      .where('name', '=', 'Rui da Conceição')
      .executeTakeFirstOrThrow()
    expect(rui).toBe(25_000)
  }, 120_000)

  it('tells in plain words that a file is missing or no table', async () => {
    expect(await admin.run('users', 'import', join(folder, 'nada.csv'))).toMatchObject({
      exitCode: 1,
      error: expect.stringMatching(/^Não foi possível ler/) as string,
    })
    expect((await importCsv('a;b\n')).error).toMatch(/falta a coluna "código"/)
  })
})

describe('users export', () => {
  it('gives a file, readable by the account alone, that imports without any change', async () => {
    await importCsv("código;nome;whatsapp;ativo\n1;=Ana;45 99999-0001;sim\n02;Rui;'+5545999990002;não\n")
    const path = join(folder, 'saida.csv')
    expect((await admin.run('users', 'export', path)).exitCode).toBe(0)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await admin.run('users', 'export', path)).exitCode).toBe(1)
    const again = await admin.run('users', 'import', path, '--dry-run')
    expect(again.printed).toMatch(/^Novos: 0, alterados: 0, sem mudança: 2/)
    const printed = await admin.run('users', 'export')
    expect(`${printed.printed}\n`).toBe(await readFile(path, 'utf8'))
  })
})
