import { parseEmailAddress } from '@ura/core/email-address'
import { parsePhoneNumber } from '@ura/core/phone-number'
import type { User } from './user-repository.ts'

/** What an administrator or a file says of a person; a field that isn't there was not spoken of. */
export type UserFields = Partial<Omit<User, 'id'>>

export type UserFieldName = keyof UserFields

/** A text that is no value of its field; the message tells why, in Portuguese. */
export class UserFieldError extends Error {
  override readonly name = 'UserFieldError'
}

/** Characters each text holds at most: the widths of its column. */
const charactersMax = { name: 200, department: 200, extension: 20 } as const

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const controlCharacters = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/

/** How people say yes and no in a table, or at the command line. */
const yesWords: Readonly<Record<string, boolean>> = {
  sim: true,
  s: true,
  '1': true,
  x: true,
  ativo: true,
  ativa: true,
  true: true,
  verdadeiro: true,
  não: false,
  nao: false,
  n: false,
  '0': false,
  inativo: false,
  inativa: false,
  false: false,
  falso: false,
  on: true,
  off: false,
}

/**
 * Reads one field as people write it: surrounding blanks fall away, an empty text is no value, a phone number becomes
 * E.164, `ativo` and `avisos` take sim/não and the like.
 * @throws UserFieldError
 */
export function parseUserField(field: UserFieldName, text: string): UserFields {
  const value = text.normalize('NFC').trim()
  if (controlCharacters.test(value)) {
    throw new UserFieldError('tem quebra de linha ou caractere de controle')
  }
  return parsers[field](value)
}

const parsers: Readonly<Record<UserFieldName, (value: string) => UserFields>> = {
  code(value) {
    if (!/^[0-9]{1,12}$/.test(value)) {
      throw new UserFieldError('deve ter de 1 a 12 dígitos')
    }
    return { code: value }
  },
  name(value) {
    if (value === '') {
      throw new UserFieldError('está vazio')
    }
    return { name: bounded(value, charactersMax.name) }
  },
  department: (value) => ({ department: orNone(bounded(value, charactersMax.department)) }),
  whatsapp(value) {
    const number = value === '' ? null : parsePhoneNumber(value)
    // A Brazilian number without its area code is possible inside one, but no use to WhatsApp.
    if (value !== '' && (number === null || /^\+55\d{0,9}$/.test(number))) {
      throw new UserFieldError('não é um telefone com DDD, como 45 99999-0001 ou +5545999990001')
    }
    return { whatsapp: number }
  },
  extension(value) {
    if (!/^[0-9*#]*$/.test(value)) {
      throw new UserFieldError('deve ter só dígitos')
    }
    return { extension: orNone(bounded(value, charactersMax.extension)) }
  },
  email(value) {
    const email = value === '' ? null : parseEmailAddress(value)
    if (value !== '' && email === null) {
      throw new UserFieldError('não é um e-mail')
    }
    return { email }
  },
  active: (value) => (value === '' ? {} : { active: yesOrNo(value) }),
  notices: (value) => (value === '' ? {} : { notices: yesOrNo(value) }),
}

function yesOrNo(value: string): boolean {
  const word = value.toLowerCase()
  const answer = Object.hasOwn(yesWords, word) ? yesWords[word] : undefined
  if (answer === undefined) {
    throw new UserFieldError('deve ser sim ou não')
  }
  return answer
}

function bounded(value: string, max: number): string {
  // The databases count code points, not UTF-16 units.
  if (value.length > max && Array.from(value).length > max) {
    throw new UserFieldError(`tem mais de ${max} caracteres`)
  }
  return value
}

function orNone(value: string): string | null {
  return value === '' ? null : value
}
