import { type AuditSource, recordAudit } from '../audit/audit-log.ts'
import type { ApiContext } from '../context.ts'
import type { Database } from '../database/schema.ts'
import { inTransaction, lockUser } from '../database/transaction.ts'
import { type IdempotentRequest, once } from '../idempotency/idempotency.ts'
import { findActiveUser } from '../users/user-repository.ts'
import { type CodeVerdict, hashAccessCode, judgeAccessCode } from './access-code.ts'
import { countWrongTry, endCode, findNewestCode } from './access-code-repository.ts'

type VerifyContext = Pick<ApiContext, 'db' | 'clock' | 'config' | 'keyedHash' | 'metrics'>

interface VerifyRequest {
  userCode: string
  accessCode: string
  /** The call it was keyed in: a right code identifies the user there, and nowhere else. */
  callId: string | null
  source: AuditSource
  idempotent: Omit<IdempotentRequest, 'now' | 'endpoint'>
}

/**
 * Whether a keyed code is the one that was sent to that user; a right one is used up by it. Finding, judging, counting
 * and ending are one transaction: of two requests at once with the right code, one gets in. An unknown user is told
 * the same as one without a code.
 * @throws HelpdeskError CHAVE_REUTILIZADA
 */
export async function verifyAccessCode(context: VerifyContext, request: VerifyRequest): Promise<CodeVerdict> {
  const { db, clock, keyedHash, metrics } = context
  const now = clock.now()
  const { answer, replayed } = await inTransaction(db, async (trx) => {
    const idempotent = { ...request.idempotent, endpoint: 'verificar_codigo' as const, now }
    return await once({ trx, keyedHash, request: idempotent }, async () => {
      const verdict = await judgeAndCount(context, trx, { ...request, now })
      await recordAudit(trx, {
        event: 'code_tried',
        source: request.source,
        at: now,
        userCode: request.userCode,
        detail: { result: resultOf(verdict) },
      })
      return verdict
    })
  })
  if (!replayed) {
    metrics.codeChecks.inc({ result: resultOf(answer) })
  }
  return answer
}

async function judgeAndCount(
  { keyedHash, config }: VerifyContext,
  trx: Database,
  request: { userCode: string; accessCode: string; callId: string | null; now: Date },
): Promise<CodeVerdict> {
  const { now, callId } = request
  const user = await findActiveUser(trx, request.userCode)
  if (user !== null) {
    await lockUser(trx, user.id)
  }
  const newest = user === null ? null : await findNewestCode(trx, user.id)
  const verdict = judgeAccessCode(newest, {
    codeHash: (id) => hashAccessCode(keyedHash, id, request.accessCode),
    now,
    wrongTriesMax: config.accessCodeTries,
  })
  if (newest === null || newest.endedReason !== null || (!verdict.right && verdict.reason === 'expirado')) {
    return verdict
  }
  if (verdict.right) {
    const won = await endCode(trx, { id: newest.id, reason: 'used', now, callId })
    return won ? verdict : { right: false, reason: 'expirado', triesLeft: 0 }
  }
  await countWrongTry(trx, newest.id)
  if (verdict.reason === 'bloqueado') {
    await endCode(trx, { id: newest.id, reason: 'blocked', now })
  }
  return verdict
}

function resultOf(verdict: CodeVerdict): string {
  return verdict.right ? 'right' : verdict.reason
}
