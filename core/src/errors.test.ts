import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { errorBody, errorTable, HelpdeskError, isErrorCode } from './errors.ts'

describe('error table', () => {
  it('is the table of docs/errors.md', () => {
    const text = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
    const rows = [...text.matchAll(/^\| `(\w+)` \| (\d+) \| (sim|não) \| (.+) \|$/gm)]
    const documented = rows.map(([, code, status, retry, message]) => ({ code, status, retry, message }))
    const actual = Object.entries(errorTable).map(([code, entry]) => ({
      code,
      status: String(entry.statusCode),
      retry: entry.retryable ? 'sim' : 'não',
      message: entry.message,
    }))
    expect(documented).toEqual(actual)
  })

  it('makes the body that every service answers', () => {
    const error = new HelpdeskError('REQUISICAO_INVALIDA', { field: 'usuario', cause: new Error('SQL, say') })
    expect(errorBody(error, 'r-1')).toEqual({
      status: false,
      erro: { codigo: 'REQUISICAO_INVALIDA', mensagem: 'Requisição inválida.', campo: 'usuario' },
      requisicao: 'r-1',
    })
  })

  it('knows its own codes', () => {
    expect(isErrorCode('SEM_TELEFONE')).toBe(true)
    expect(isErrorCode('toString')).toBe(false)
    expect(isErrorCode(7)).toBe(false)
  })
})
