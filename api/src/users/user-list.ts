import { HelpdeskError } from '@ura/core/errors'
import { parsePhoneNumber } from '@ura/core/phone-number'
import type { Branch, KeysetQuery } from '../listing/keyset-query.ts'
import { nameKey } from './name-key.ts'

/** What a list of users may be asked for: one of these at a time. */
export interface UserFilters {
  /** The first digits of a registration code. */
  readonly code?: string | undefined
  /** The beginning of a name; case and accents don't count. */
  readonly name?: string | undefined
  /** A whole number. */
  readonly whatsapp?: string | undefined
  /** A whole extension. */
  readonly extension?: string | undefined
}

/** Above every character that a name can have. */
const lastCharacter = '\u{10ffff}'

/** Just above every digit. */
const afterDigits = ':'

/**
 * The query of a list: by name when a name is looked for, else by code.
 * @throws HelpdeskError REQUISICAO_INVALIDA naming the field
 */
export function planUserList(filters: UserFilters): Omit<KeysetQuery, 'after' | 'limit'> {
  const [, second] = Object.entries(filters).filter(([, value]) => value !== undefined)
  if (second !== undefined) {
    refuse(second[0], 'só um filtro por vez')
  }
  const { code, name, whatsapp, extension } = filters
  if (name !== undefined) {
    const key = nameKey(name)
    const branches = [{ equal: {}, from: key, before: `${key}${lastCharacter}` }]
    return { table: 'users', index: 'users_name', key: ['name_key', 'id'], descending: false, branches }
  }
  if (whatsapp !== undefined) {
    const number = parsePhoneNumber(whatsapp) ?? refuse('whatsapp', 'não é um telefone válido')
    return byCode('users_whatsapp', { equal: { whatsapp: number } })
  }
  if (extension !== undefined) {
    return byCode('users_extension', { equal: { extension } })
  }
  // Behind the digits are the pseudonyms of those whose data was erased.
  const bounds =
    code === undefined ? { before: afterDigits } : { from: code, before: `${code}${afterDigits}` }
  // The unique column's index has the column's name on MySQL and MariaDB, which are told; SQLite isn't.
  return byCode('code', { equal: {}, ...bounds })
}

function byCode(index: string, branch: Branch): Omit<KeysetQuery, 'after' | 'limit'> {
  return { table: 'users', index, key: ['code'], descending: false, branches: [branch] }
}

function refuse(field: string, reason: string): never {
  throw new HelpdeskError('REQUISICAO_INVALIDA', { message: `O campo "${field}": ${reason}.`, field })
}
