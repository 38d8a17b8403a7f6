import { HelpdeskError } from '@ura/core/errors'
import { inTransaction } from '../database/transaction.ts'
import { type AuditSource, recordAudit } from '../audit/audit-log.ts'
import type { ApiContext } from '../context.ts'
import { attemptOrigins, countWrongAttempt, requireAttemptsLeft } from './registration-attempts.ts'
import { findActiveUser } from './user-repository.ts'

/**
 * Whether a registration code is that of an active user. Wrong codes are counted for where they come from, and past
 * the limit even right ones are refused, so that codes can't be found by trying.
 * @throws HelpdeskError LIMITE_DE_TENTATIVAS
 */
export async function verifyUser(
  context: Pick<ApiContext, 'db' | 'clock' | 'config' | 'keyedHash'>,
  request: { code: string; phone: string | undefined; callId: string | undefined; source: AuditSource },
): Promise<boolean> {
  const { db, clock, config } = context
  const now = clock.now()
  const attempt = { origins: attemptOrigins(request, context), now, config }
  try {
    return await inTransaction(db, async (trx) => {
      await requireAttemptsLeft(trx, attempt)
      const known = (await findActiveUser(trx, request.code)) !== null
      if (!known) {
        await countWrongAttempt(trx, attempt)
      }
      return known
    })
  } catch (error) {
    if (error instanceof HelpdeskError) {
      await recordAudit(db, { event: 'registration_limit_reached', source: request.source, at: now })
    }
    throw error
  }
}
