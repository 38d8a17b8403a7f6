import { callOutcomes } from '@ura/api/calls/call-list'
import { protocolOf } from '@ura/api/tickets/protocol'
import { callIdOf, callsOf, codeOf, draw, type Population, whatsappOf } from './population.ts'

const dayMs = 86_400_000
/** Younger than any of them is removed by default, so that both databases keep what they have. */
const callDays = 360
const accessCodeDays = 29
const idempotencyDays = 6

/** The `number`-th call, from 0; the last one has just ended. */
export function callOf(number: number, population: Population, nowMs: number) {
  const startedAtMs = spread(number, callsOf(population), { days: callDays, nowMs })
  const outcome = callOutcomes[draw(number, 20, callOutcomes.length)] ?? 'failed'
  const user = draw(number, 21, population.users)
  const steps = ['welcome', 'identify', 'confirm', 'menu', 'goodbye']
  return {
    call_id: callIdOf(number),
    round: 1,
    phone: whatsappOf(user),
    started_at_ms: startedAtMs,
    ended_at_ms: startedAtMs + 60_000,
    steps: JSON.stringify(steps.map((etapa) => ({ etapa, em: new Date(startedAtMs).toISOString() }))),
    outcome,
    user_code: codeOf(user),
    protocols: JSON.stringify(outcome === 'ticket_opened' ? [protocolOf(number + 1)] : []),
    recorded_at_ms: startedAtMs + 60_000,
    ...callbackOf(number, outcome),
  }
}

/** Of ten lost calls one still waits, one was called back, and of eight the person has a ticket since. */
function callbackOf(number: number, outcome: string) {
  if (outcome !== 'abandoned' && outcome !== 'failed') {
    return { verified: 1, callback_state: null }
  }
  const state = ['waiting', 'done'][draw(number, 23, 10)] ?? 'superseded'
  return { verified: 1, category_name: 'Computador', callback_state: state }
}

/** The access code that the `number`-th call used. */
export function accessCodeOf(number: number, population: Population, nowMs: number) {
  const createdAtMs = spread(number, callsOf(population), { days: accessCodeDays, nowMs }) - dayMs / 2
  return {
    id: `population-${number}`,
    user_id: 1 + draw(number, 21, population.users),
    call_id: callIdOf(number),
    code_hash: String(number).padStart(64, '0'),
    delivery: 'sent',
    created_at_ms: createdAtMs,
    expires_at_ms: createdAtMs + 300_000,
    ended_at_ms: createdAtMs + 60_000,
    ended_reason: 'used',
  }
}

/** What a program's key of the `number`-th call answered. */
export function idempotencyKeyOf(
  number: number,
  { population, clientId, nowMs }: { population: Population; clientId: number; nowMs: number },
) {
  return {
    client_id: clientId,
    endpoint: 'novo_chamado',
    idempotency_key: `${callIdOf(number)}/1/7`,
    request_hash: String(number).padStart(64, '0'),
    answer: JSON.stringify({
      id: number + 1,
      protocol: protocolOf(number + 1),
      service: 'Computador não liga',
    }),
    created_at_ms: spread(number, callsOf(population), { days: idempotencyDays, nowMs }),
  }
}

/** A wrong registration code that somebody keyed a minute ago, each from another number. */
export function registrationAttemptOf(number: number, nowMs: number) {
  return { phone_hash: String(draw(number, 22, 2 ** 32)).padStart(64, '0'), attempted_at_ms: nowMs - 60_000 }
}

/** An event that was delivered to the endpoint in the last six days. */
export function deliveryOf(
  number: number,
  population: Population,
  at: { endpointId: number; nowMs: number },
) {
  const createdAtMs = spread(number, callsOf(population), { days: idempotencyDays, nowMs: at.nowMs })
  return {
    endpoint_id: at.endpointId,
    message_id: `population-${number}`,
    type: 'ticket.opened',
    body: JSON.stringify({ type: 'ticket.opened', data: { protocol: protocolOf(number + 1) } }),
    state: 'delivered',
    attempts: 1,
    created_at_ms: createdAtMs,
    next_attempt_at_ms: createdAtMs,
    give_up_at_ms: createdAtMs + dayMs,
    settled_at_ms: createdAtMs,
    last_result: 'http_200',
  }
}

function spread(number: number, count: number, { days, nowMs }: { days: number; nowMs: number }): number {
  return Math.floor(nowMs - ((count - number) / count) * days * dayMs)
}
