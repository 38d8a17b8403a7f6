import type { AccessCodeSituation } from '@ura/core/ticket-api/schemas'
import { HelpdeskError } from '@ura/core/errors'
import type { ApiContext } from '../context.ts'
import type { MessageChannel, MessageDelivery, MessageState } from '../gateway/message-gateway.ts'
import { findActiveUser } from '../users/user-repository.ts'
import type { AccessCode } from './access-code.ts'
import { findCodeOfCall } from './access-code-repository.ts'
import { accessCodeKey, sendingMsMax } from './request-access-code.ts'

/** How an access code fares, and the way that it takes or took. */
export interface CodeDelivery {
  situation: AccessCodeSituation
  channel: MessageChannel
}

/**
 * How the newest code that was asked for a user in a call fares; answers within a second. What nobody can tell, because
 * the gateway is away for example, is `desconhecida`.
 * @throws HelpdeskError CODIGO_NAO_ENCONTRADO when none was asked for, an unknown user included
 */
export async function readCodeDelivery(
  { db, clock, gateway }: Pick<ApiContext, 'db' | 'clock' | 'gateway'>,
  { userCode, callId }: { userCode: string; callId: string },
): Promise<CodeDelivery> {
  const user = await findActiveUser(db, userCode)
  const code = user === null ? null : await findCodeOfCall(db, { userId: user.id, callId })
  if (code === null) {
    throw new HelpdeskError('CODIGO_NAO_ENCONTRADO')
  }
  const channel = code.channel ?? (user?.whatsapp === null ? 'email' : 'whatsapp')
  if (code.delivery !== 'sent') {
    return { situation: handoverSituation(code, clock.now()), channel }
  }
  const told = await gateway.findDelivery(accessCodeKey(code.id))
  return told === null ? { situation: 'desconhecida', channel } : judgeDelivery(told)
}

/** Of a code that the gateway has not taken, as far as we know. */
function handoverSituation({ delivery, createdAt }: AccessCode, now: Date): AccessCodeSituation {
  const isUnderWay = delivery === 'sending' && now.getTime() - createdAt.getTime() <= sendingMsMax
  return isUnderWay ? 'a_caminho' : delivery === 'not_sent' ? 'falhou' : 'desconhecida'
}

/** What a message and the one that went another way in its place say together: the better news of both. */
export function judgeDelivery({ channel, state, fallback }: MessageDelivery): CodeDelivery {
  const first = { situation: situations[state], channel }
  if (fallback === null || first.situation === 'entregue') {
    return first
  }
  const second = { situation: situations[fallback.state], channel: fallback.channel }
  // The second was sent because the first made no progress: while both are open, it is the one to look for.
  return byHope.indexOf(first.situation) < byHope.indexOf(second.situation) ? first : second
}

const situations: Readonly<Record<MessageState, AccessCodeSituation>> = {
  queued: 'a_caminho',
  sending: 'a_caminho',
  sent: 'a_caminho',
  delivered: 'entregue',
  read: 'entregue',
  failed: 'falhou',
  expired: 'falhou',
  superseded: 'falhou',
  // May have gone, may not.
  unknown: 'desconhecida',
}

const byHope: readonly AccessCodeSituation[] = ['entregue', 'a_caminho', 'desconhecida', 'falhou']
