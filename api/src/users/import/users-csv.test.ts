import { describe, expect, it } from 'vitest'
import type { User } from '../user-repository.ts'
import { readUsersFile, writeUsersFile } from './users-csv.ts'

const read = (text: string) => readUsersFile(Buffer.from(text))
const fieldsOf = (bytes: Uint8Array) => readUsersFile(bytes).users.map(({ fields }) => fields)

describe('a file of people', () => {
  const table = 'Matrícula;Nome;Setor\n1001;José Antônio — “Zé”;Educação\n'
  const people = [{ code: '1001', name: 'José Antônio — “Zé”', department: 'Educação' }]

  it.each([
    ['UTF-8', Buffer.from(table)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${table}`)],
    ['UTF-16 with a byte order mark', Buffer.from(`\ufeff${table}`, 'utf16le')],
    ['Windows line ends', Buffer.from(table.replaceAll('\n', '\r\n'))],
    ['commas', Buffer.from(table.replaceAll(';', ','))],
    ['tabs', Buffer.from(table.replaceAll(';', '\t'))],
    ['quotes', Buffer.from(table.replaceAll(/[^;\n]+/g, '"$&"'))],
  ])('is read with %s', (_what, bytes) => {
    expect(fieldsOf(bytes)).toEqual(people)
  })

  it('is read in Windows-1252, whose dash and quotes Latin-1 lacks', () => {
    const bytes = Buffer.from(
      table.replaceAll('—', '\u0097').replaceAll('“', '\u0093').replaceAll('”', '\u0094'),
      'latin1',
    )
    expect(fieldsOf(bytes)).toEqual(people)
  })

  it('has its columns under the names that people give them, in any order', () => {
    const { users, ignoredColumns } = read(
      'E-MAIL,Celular,nome completo,COD.,Ramal,Situação,Recebe avisos,Salário\na@b.br,(45) 99999-0001,Ana,7,2001,Inativo,off,1\n',
    )
    const whatsapp = '+5545999990001'
    expect(users).toEqual([
      {
        line: 2,
        fields: {
          code: '7',
          name: 'Ana',
          email: 'a@b.br',
          whatsapp,
          extension: '2001',
          active: false,
          notices: false,
        },
      },
    ])
    expect(ignoredColumns).toEqual(['Salário'])
  })

  it.each([
    ['', /vazio/],
    ['nome;setor\nAna;Obras\n', /falta a coluna "código"/],
    ['código;matrícula;nome\n1;2;Ana\n', /"código" e "matrícula" dizem o mesmo/],
    ['código;nome\n1;"Ana\n2;Rui\n', /aspas que não se fecham/],
    ['código;nome\n1;"Ana"x\n', /linha 2: aspas fora de lugar/],
  ])('%j is none', (text, reason) => {
    expect(() => read(text)).toThrow(reason)
  })

  it('has every fault told at once, with line, column and reason', () => {
    const { users, faults } = read(
      [
        'código;nome;whatsapp;ramal;e-mail;ativo',
        '1;"Ana',
        'Maria";;;;',
        '2;Rui;123;x;rui;talvez',
        'dois;;;;;',
        '3;Eva',
        '2;Outra;;;;',
        '4;Fim;;;;',
        `5;${'x'.repeat(201)};5,54599E+12;;;`,
        '6;Sem DDD;99999-0001;;;',
      ].join('\n'),
    )
    expect(users.map(({ line }) => line)).toEqual([8])
    const phone = 'não é um telefone com DDD, como 45 99999-0001 ou +5545999990001'
    expect(faults.map(({ line, column, reason }) => [line, column, reason])).toEqual([
      [2, 'nome', 'tem quebra de linha ou caractere de controle'],
      [4, 'whatsapp', phone],
      [4, 'ramal', 'deve ter só dígitos'],
      [4, 'e-mail', 'não é um e-mail'],
      [4, 'ativo', 'deve ser sim ou não'],
      [5, 'código', 'deve ter de 1 a 12 dígitos'],
      [5, 'nome', 'está vazio'],
      [6, null, 'tem 2 campos em vez de 6'],
      [7, null, 'repete o código 2 da linha 4'],
      [9, 'nome', 'tem mais de 200 caracteres'],
      [9, 'whatsapp', phone],
      [10, 'whatsapp', phone],
    ])
  })

  it('is written so that it reads back the same, and no spreadsheet takes a cell for a formula', () => {
    const names = ['=1+1', '+x', '-x', '@x', "'=x", "''=x", "O'Neil", 'a;b "c"', '𝕏 ☎']
    const users = names.map((name, index): User => ({
      id: index,
      code: String(index),
      name,
      department: null,
      whatsapp: '+5545999990001',
      extension: null,
      email: null,
      active: index % 2 === 0,
      notices: index % 3 === 0,
    }))
    const written = writeUsersFile(users)
    expect(written).not.toMatch(/(?:^|[;"])[=+\-@]/m)
    expect(fieldsOf(Buffer.from(written))).toEqual(users.map(({ id: _id, ...fields }) => fields))
  })
})
