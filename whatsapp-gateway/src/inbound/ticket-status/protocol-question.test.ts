import { expect, it } from 'vitest'
import { protocolAskedFor } from './protocol-question.ts'

it.each([
  ['chamado 10017', '10017'],
  ['  CHAMADO   10017 ', '10017'],
  ['Chamado nº 10017?', '10017'],
  ['Chamado número 10017', '10017'],
  ['chamado:10017.', '10017'],
  ['chamado #10017', '10017'],
  ['protocolo 10017', '10017'],
  ['Situação do chamado 10017', '10017'],
  ['status do meu chamado 10017', '10017'],
  ['10017', '10017'],
  ['100 17', '10017'],
  ['chamado 10-017', '10017'],
  ['chamado10017', '10017'],
  ['chama\u0301do\n10017', '10017'],
])('%j asks about %s', (text, protocol) => {
  expect(protocolAskedFor(text)).toBe(protocol)
})

it.each([
  '',
  'oi',
  'chamado',
  'chamado dez mil',
  'chamado 10017 e 10025',
  'abri o chamado 10017 ontem',
  'dia 23/11/2026',
  '1234567890123456789',
  `chamado ${' '.repeat(300)}10017`,
])('%j asks about no ticket', (text) => {
  expect(protocolAskedFor(text)).toBeNull()
})
