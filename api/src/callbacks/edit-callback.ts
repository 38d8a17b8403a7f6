import { HelpdeskError } from '@ura/core/errors'
import { type AuditSource, recordAudit } from '../audit/audit-log.ts'
import type { Database } from '../database/schema.ts'
import { type CallbackKey, markCallback } from './callback-repository.ts'
import { type CallbackResource, findCallback } from './callback-resources.ts'

/** Somebody says that a callback is done, or that it isn't after all. */
interface CallbackEdit {
  key: CallbackKey
  done: boolean
  source: AuditSource
  now: Date
  /** Lets the change pass or not, by what is there. */
  require?: (callback: CallbackResource) => void
}

/**
 * Marks a callback, with who and when, and keeps it in the audit log; to be called inside a transaction. What is as it
 * should be already is left alone.
 * @throws HelpdeskError LIGACAO_NAO_ENCONTRADA, VERSAO_DIVERGENTE; MUDANCA_NAO_PERMITIDA for a superseded one
 */
export async function editCallback(trx: Database, edit: CallbackEdit): Promise<CallbackResource> {
  const { key, done, source, now } = edit
  const callback = await requireCallback(trx, key)
  edit.require?.(callback)
  const { state, version } = callback
  if (state === 'superseded') {
    throw new HelpdeskError('MUDANCA_NAO_PERMITIDA', { field: 'done' })
  }
  if (done === (state === 'done')) {
    return callback
  }
  const mark = done ? { at: now, by: source.actor } : null
  if (!(await markCallback(trx, key, { version, done: mark }))) {
    throw new HelpdeskError('VERSAO_DIVERGENTE', { field: 'If-Match' })
  }
  await recordAudit(trx, {
    event: done ? 'callback_done' : 'callback_reopened',
    source,
    at: now,
    userCode: callback.user.code,
    detail: { call: key.callId, round: key.round },
  })
  return await requireCallback(trx, key)
}

/** @throws HelpdeskError LIGACAO_NAO_ENCONTRADA */
export async function requireCallback(db: Database, key: CallbackKey): Promise<CallbackResource> {
  const callback = await findCallback(db, key)
  if (callback === null) {
    throw new HelpdeskError('LIGACAO_NAO_ENCONTRADA', { field: 'callId' })
  }
  return callback
}
