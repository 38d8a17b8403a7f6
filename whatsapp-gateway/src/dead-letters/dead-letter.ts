import type { DeadState, MessageState } from '../outbox/message-state.ts'
import { isDead } from '../outbox/message-state.ts'
import type { StoredMessage } from '../outbox/outbox-store.ts'

/** Why a message is not replayed; in words by {@link replayRefusalText}. */
export type ReplayRefusal = 'not_dead' | 'code' | 'no_text' | 'may_have_arrived' | 'replayed'

/**
 * Whether a message may be replayed: its state when it may, else why not. A code never is: it has expired, and a new one
 * ends it. One whose outcome nobody knows is only replayed by somebody who takes it upon himself that it comes twice.
 */
export function judgeReplay(
  message: StoredMessage,
  { isForced, isReplayed }: { isForced: boolean; isReplayed: boolean },
): { state: DeadState } | { refusal: ReplayRefusal } {
  const { state, kind, content } = message
  if (!isDead(state)) {
    return { refusal: 'not_dead' }
  }
  if (kind === 'otp') {
    return { refusal: 'code' }
  }
  if (isReplayed) {
    return { refusal: 'replayed' }
  }
  if (content === null) {
    return { refusal: 'no_text' }
  }
  return state === 'unknown' && !isForced ? { refusal: 'may_have_arrived' } : { state }
}

const refusals: Readonly<Record<ReplayRefusal, string>> = {
  not_dead: 'Só se reenvia mensagem que falhou, expirou ou ficou sem resposta.',
  code: 'Código de acesso não se reenvia: ele já expirou. Quem liga de novo recebe outro.',
  no_text: 'O texto desta mensagem não está mais guardado.',
  may_have_arrived:
    'Não se sabe se esta mensagem chegou: reenviada, pode chegar duas vezes. Para reenviar assim mesmo, force.',
  replayed: 'Esta mensagem já foi reenviada.',
}

/** In pt-BR, fit to show. */
export function replayRefusalText(refusal: ReplayRefusal): string {
  return refusals[refusal]
}

/** A state in pt-BR. */
export const stateWords: Readonly<Record<MessageState, string>> = {
  queued: 'na fila',
  sending: 'sendo enviada',
  sent: 'enviada',
  delivered: 'entregue',
  read: 'lida',
  failed: 'falhou',
  expired: 'expirou',
  unknown: 'sem resposta',
  superseded: 'substituída por outra mais nova',
}
