import { HelpdeskError } from '@ura/core/errors'
import { describe, expect, it } from 'vitest'
import { createKeyedHash } from '../keyed-hash.ts'
import { listName, readCursor, writeCursor } from './cursor.ts'

const keyedHash = createKeyedHash('secret')
const list = listName('tickets', { status: 'aberto', sort: undefined })
const position = [1_795_360_430_000, 'ã', 7]

describe('a cursor', () => {
  it('holds the position of its own list', () => {
    const cursor = writeCursor(keyedHash, list, position)
    expect(cursor).toMatch(/^[A-Za-z0-9_-]+\.[0-9a-f]{32}$/)
    expect(readCursor(keyedHash, listName('tickets', { status: 'aberto' }), cursor)).toEqual(position)
  })

  it.each([
    ['other filters', listName('tickets', { status: 'fechado' }), keyedHash],
    ['another list', listName('users', { status: 'aberto' }), keyedHash],
    ['another secret', list, createKeyedHash('other')],
  ])('is nothing to %s', (_what, otherList, otherHash) => {
    const cursor = writeCursor(keyedHash, list, position)
    expect(() => readCursor(otherHash, otherList, cursor)).toThrow(HelpdeskError)
  })

  it.each(['', '.', 'bm9wZQ', 'bm9wZQ.nope', `bm9wZQ.${'é'.repeat(32)}`, `bm9wZQ.${'é'.repeat(16)}`])(
    'is not %j',
    (cursor) => {
      expect(() => readCursor(keyedHash, list, cursor)).toThrow(
        expect.objectContaining({ code: 'REQUISICAO_INVALIDA', field: 'cursor' }),
      )
    },
  )
})
