import { timingSafeEqual } from 'node:crypto'
import { HelpdeskError } from '@ura/core/errors'
import type { KeyedHash } from '../keyed-hash.ts'

/** Where a page ended: the values of the list's order, of its last row. */
export type Position = readonly (string | number)[]

/** A list with its filters and order: a cursor is good for the one list that gave it. */
export type ListName = string

const signatureDigits = 32

/**
 * The text that a client sends back to read on after `position`. It is signed, so that it can't be made up or used with
 * other filters; every instance with the same API_SECRET reads it.
 */
export function writeCursor(keyedHash: KeyedHash, list: ListName, position: Position): string {
  const content = JSON.stringify(position)
  return `${Buffer.from(content).toString('base64url')}.${signature(keyedHash, list, content)}`
}

/**
 * The position that a cursor of the same list holds.
 * @throws HelpdeskError REQUISICAO_INVALIDA naming `cursor` for any other text
 */
export function readCursor(keyedHash: KeyedHash, list: ListName, cursor: string): Position {
  const [encoded = '', signed = ''] = cursor.split('.', 2)
  const content = Buffer.from(encoded, 'base64url').toString()
  const [given, expected] = [Buffer.from(signed), Buffer.from(signature(keyedHash, list, content))]
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new HelpdeskError('REQUISICAO_INVALIDA', {
      message: 'O campo "cursor" não é desta lista, com estes filtros e esta ordem.',
      field: 'cursor',
    })
  }
  return JSON.parse(content) as Position
}

/** The name of a list with these filters and this order, whatever the order of the fields. */
export function listName(list: string, filters: Readonly<Record<string, unknown>>): ListName {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined)
  return JSON.stringify([list, ...given.toSorted(([one], [other]) => (one < other ? -1 : 1))])
}

function signature(keyedHash: KeyedHash, list: ListName, content: string): string {
  return keyedHash('cursor', `${list}\n${content}`).slice(0, signatureDigits)
}
