import { HelpdeskError } from '@ura/core/errors'
import type { AuditSource } from '../audit/audit-log.ts'
import type { ApiContext } from '../context.ts'
import { attemptOf, countWrongCode, isKnownCode } from './registration-attempts.ts'

/**
 * Whether a registration code is that of an active user. Wrong codes are counted for where they come from, and past
 * the limit even right ones are refused, so that codes can't be found by trying.
 * @throws HelpdeskError LIMITE_DE_TENTATIVAS
 */
export async function verifyUser(
  context: Pick<ApiContext, 'db' | 'clock' | 'config' | 'keyedHash' | 'recordRefusal'>,
  request: { code: string; phone: string | undefined; callId: string | undefined; source: AuditSource },
): Promise<boolean> {
  const { db, clock, recordRefusal } = context
  const attempt = attemptOf(request, context)
  try {
    const isKnown = await isKnownCode(db, request.code, attempt)
    if (!isKnown) {
      await countWrongCode(db, attempt)
    }
    return isKnown
  } catch (error) {
    if (error instanceof HelpdeskError) {
      await recordRefusal({ event: 'registration_limit_reached', source: request.source, at: clock.now() })
    }
    throw error
  }
}
