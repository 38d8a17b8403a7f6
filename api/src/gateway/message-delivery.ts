import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { MessageDelivery } from './message-gateway.ts'

const Channel = Type.Union([Type.Literal('whatsapp'), Type.Literal('email')])
const State = Type.Union([
  Type.Literal('queued'),
  Type.Literal('sending'),
  Type.Literal('sent'),
  Type.Literal('delivered'),
  Type.Literal('read'),
  Type.Literal('failed'),
  Type.Literal('expired'),
  Type.Literal('unknown'),
  Type.Literal('superseded'),
])
const step = { channel: Channel, state: State }
const answer = Compile(Type.Object({ ...step, fallback: Type.Union([Type.Object(step), Type.Null()]) }))

/** What the gateway's answer about one message says; null when it is none. */
export function readDelivery(body: unknown): MessageDelivery | null {
  return answer.Check(body) ? body : null
}
