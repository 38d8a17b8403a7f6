import { HelpdeskError } from '@ura/core/errors'
import { maskEmailAddress } from '@ura/core/email-address'
import { maskPhoneNumber } from '@ura/core/phone-number'
import { type AuditSource, recordAudit } from '../audit/audit-log.ts'
import type { ApiContext } from '../context.ts'
import type { Database } from '../database/schema.ts'
import { inTransaction, lockUser } from '../database/transaction.ts'
import { requireMatch, versionEtag } from '../http/entity-version.ts'
import type { KeyedHash } from '../keyed-hash.ts'
import { parseUserField, UserFieldError, type UserFieldName, type UserFields } from './user-fields.ts'
import { addUser, changeUser, emptyUser, findUser, type User } from './user-repository.ts'
import type { AddUserBody, ChangeUserBody, UserResource } from './user-resource-schemas.ts'

type UserContext = Pick<ApiContext, 'db' | 'clock' | 'keyedHash'>

/** A user as programs read one, phone and e-mail masked. */
export function userResource(user: User): UserResource {
  const { id: _id, ...fields } = user
  return { ...fields, ...maskedAddresses(user) }
}

/** Where a person is reached, fit to show. */
export function maskedAddresses({
  whatsapp,
  email,
}: Pick<User, 'whatsapp' | 'email'>): Pick<User, 'whatsapp' | 'email'> {
  return {
    whatsapp: whatsapp === null ? null : maskPhoneNumber(whatsapp),
    email: email === null ? null : maskEmailAddress(email),
  }
}

/**
 * The ETag of a user: of all that is kept, whole phone and e-mail included, so that whoever changes it changes the ETag. Keyed,
 * because of a plain hash the few digits that are masked could be found by trying.
 */
export function userEtag(keyedHash: KeyedHash, user: User): string {
  const { code, name, department, whatsapp, extension, email, active, notices } = user
  const content = JSON.stringify([code, name, department, whatsapp, extension, email, active, notices])
  return versionEtag(keyedHash('user-version', content).slice(0, 24))
}

/** @throws HelpdeskError USUARIO_NAO_ENCONTRADO */
export async function requireUser(db: Database, code: string): Promise<User> {
  const user = await findUser(db, code)
  if (user === null) {
    throw new HelpdeskError('USUARIO_NAO_ENCONTRADO', { field: 'code' })
  }
  return user
}

/**
 * Adds a user, active and wanting notices unless told otherwise.
 * @throws HelpdeskError USUARIO_JA_EXISTE; REQUISICAO_INVALIDA for a value that is none
 */
export async function registerUser(
  { db, clock }: UserContext,
  body: AddUserBody,
  source: AuditSource,
): Promise<User> {
  const { code } = body
  const user = { ...emptyUser, name: body.name, ...parsedFields(body), code }
  const now = clock.now()
  return await inTransaction(db, async (trx) => {
    if (!(await addUser(trx, user, now))) {
      throw new HelpdeskError('USUARIO_JA_EXISTE', { field: 'code' })
    }
    await recordAudit(trx, { event: 'user_added', source, at: now, userCode: code })
    return await requireUser(trx, code)
  })
}

/**
 * Changes a user as it was read.
 * @throws HelpdeskError USUARIO_NAO_ENCONTRADO, VERSAO_DIVERGENTE; REQUISICAO_INVALIDA for a value that is none
 */
export async function editUser(
  { db, clock, keyedHash }: UserContext,
  edit: { code: string; body: ChangeUserBody; ifMatch: string; source: AuditSource },
): Promise<User> {
  const { code, body, ifMatch, source } = edit
  const change = parsedFields(body)
  const now = clock.now()
  return await inTransaction(db, async (trx) => {
    const { id } = await requireUser(trx, code)
    // Read once more behind the lock: what it is compared with can't change until the end.
    await lockUser(trx, id)
    const user = await requireUser(trx, code)
    requireMatch(ifMatch, userEtag(keyedHash, user))
    await changeUser(trx, id, change, now)
    const detail = { fields: Object.keys(change).join(',') }
    await recordAudit(trx, { event: 'user_changed', source, at: now, userCode: code, detail })
    return await requireUser(trx, code)
  })
}

/** A body's texts as they are kept: the same rules as at the command line and in files. */
function parsedFields(body: Partial<AddUserBody>): UserFields {
  const fields = Object.entries(body).map(([name, value]) =>
    typeof value === 'string' ? parsedField(name as UserFieldName, value) : { [name]: value },
  )
  return Object.assign({}, ...fields) as UserFields
}

function parsedField(field: UserFieldName, text: string): UserFields {
  try {
    return parseUserField(field, text)
  } catch (error) {
    throw error instanceof UserFieldError
      ? new HelpdeskError('REQUISICAO_INVALIDA', { message: `O campo "${field}" ${error.message}.`, field })
      : error
  }
}
