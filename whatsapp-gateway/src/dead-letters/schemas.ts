import { type Static, Type } from 'typebox'
import { channels } from '../outbox/channel.ts'
import { deadStates, messageStates } from '../outbox/message-state.ts'

const strict = { additionalProperties: false } as const
const Id = Type.String({ pattern: '^[0-9a-f-]{36}$' })
const Instant = Type.String({ description: 'ISO 8601' })
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()])

/** Most messages on one page. */
export const pageMessagesMax = 200

export const DeadLetterParams = Type.Object({ id: Id })

export const DeadLetterQuery = Type.Object(
  {
    state: Type.Optional(
      Type.String({ pattern: `^(${deadStates.join('|')})(,(${deadStates.join('|')})){0,2}$` }),
    ),
    before: Type.Optional(Type.Integer({ minimum: 1, description: '`next` of the page before' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: pageMessagesMax })),
  },
  strict,
)

/** A message as an administrator sees it: never what it says, nor a whole number. */
export const DeadLetter = Type.Object({
  id: Id,
  channel: Type.Enum(channels),
  to: Type.String({ description: 'Masked' }),
  kind: nullable(Type.Enum(['text', 'otp'])),
  state: Type.Enum(messageStates),
  reason: nullable(Type.String()),
  characters: nullable(
    Type.Integer({ description: 'Length of the text; null when it is not kept any more' }),
  ),
  tries: Type.Integer(),
  acceptedAt: Instant,
  deadline: Instant,
  replayOf: nullable(Id),
  replayedAs: nullable(Id),
  fallbackOf: nullable(Id),
  fallbackAs: nullable(Id),
})

export const DeadLetterPage = Type.Object({
  messages: Type.Array(DeadLetter),
  next: nullable(Type.Integer()),
})

export const DeadLetterDetails = Type.Object({
  message: DeadLetter,
  history: Type.Array(
    Type.Object({ state: Type.Enum(messageStates), at: Instant, reason: nullable(Type.String()) }),
  ),
})

export const ReplayBody = Type.Object({ force: Type.Optional(Type.Boolean()) }, strict)
export const ReplayAnswer = Type.Object({ id: Id, replayOf: Id, deadline: Instant })

export const GatewayStatus = Type.Object({
  driver: Type.String(),
  state: Type.String(),
  loggedIn: Type.Boolean(),
  since: Instant,
  queueDepth: Type.Integer(),
  oldestAgeSeconds: Type.Integer(),
  channels: Type.Array(
    Type.Object({
      channel: Type.Enum(channels),
      driver: Type.String(),
      state: Type.String(),
      available: Type.Boolean(),
      since: Instant,
      queueDepth: Type.Integer(),
      noticesHeld: Type.Integer(),
    }),
  ),
  dead: Type.Object({ failed: Type.Integer(), expired: Type.Integer(), unknown: Type.Integer() }),
})

export type DeadLetter = Static<typeof DeadLetter>
export type DeadLetterPage = Static<typeof DeadLetterPage>
export type DeadLetterDetails = Static<typeof DeadLetterDetails>
export type ReplayAnswer = Static<typeof ReplayAnswer>
export type GatewayStatus = Static<typeof GatewayStatus>
