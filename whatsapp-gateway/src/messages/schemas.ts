import { Type } from 'typebox'
import { channels } from '../outbox/channel.ts'
import { messageStates } from '../outbox/message-state.ts'

const strict = { additionalProperties: false } as const

/** Longest text of a message, in characters: WhatsApp's own limit. */
const textCharactersMax = 4_096
/** Longest a request may wait for its message to settle. */
const waitMsMax = 10_000

const State = Type.Enum(messageStates)
const ChannelName = Type.Enum(channels)
const Instant = Type.String({ description: 'ISO 8601' })
const NullableInstant = Type.Union([Instant, Type.Null()])
const Phone = Type.String({ minLength: 1, maxLength: 40 })

export const SendBody = Type.Object(
  {
    phone: Type.Optional(Phone),
    email: Type.Optional(Type.String({ minLength: 1, maxLength: 260 })),
    message: Type.Optional(
      Type.String({
        maxLength: textCharactersMax,
        // Something to read, and no control characters but tab and line feed: a terminal would obey them.
        pattern: '^(?=[^]*\\S)[^\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]*$',
      }),
    ),
    otp: Type.Optional(
      Type.Object(
        { code: Type.String({ pattern: '^[0-9]{4,8}$' }), expiresAt: Type.String({ maxLength: 40 }) },
        strict,
      ),
    ),
    purpose: Type.Optional(
      Type.Literal('notice', { description: 'Waits for the end of the quiet hours; only with `message`' }),
    ),
    topic: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9-]{1,64}$',
        description: 'A newer notice on it takes the place of those that still wait',
      }),
    ),
  },
  strict,
)
export const SendQuery = Type.Object(
  { wait: Type.Optional(Type.Integer({ minimum: 0, maximum: waitMsMax })) },
  strict,
)
const IdempotencyKey = Type.String({ pattern: '^[\\x21-\\x7e]{1,128}$' })
export const SendHeaders = Type.Object({ 'idempotency-key': Type.Optional(IdempotencyKey) })
export const SendAnswer = Type.Object({ id: Type.String(), status: State, channel: ChannelName })
/** An error body that also tells the connection's state. */
export const LoggedOutAnswer = Type.Object({
  status: Type.Literal(false),
  erro: Type.Object({ codigo: Type.String(), mensagem: Type.String() }),
  requisicao: Type.String(),
  state: Type.String(),
})

export const MessageParams = Type.Object({ id: Type.String({ pattern: '^[0-9a-f-]{36}$' }) })
export const KeyParams = Type.Object({ idempotencyKey: IdempotencyKey })
export const MessageAnswer = Type.Object({
  id: Type.String(),
  channel: ChannelName,
  to: Type.String({ description: 'Masked' }),
  state: State,
  tries: Type.Integer(),
  acceptedAt: Instant,
  deadline: Instant,
  history: Type.Array(
    Type.Object({ state: State, at: Instant, reason: Type.Union([Type.String(), Type.Null()]) }),
  ),
  fallback: Type.Union(
    [Type.Object({ id: Type.String(), channel: ChannelName, state: State }), Type.Null()],
    {
      description: 'The message that says it again on another channel',
    },
  ),
})

export const TranscriptQuery = Type.Object(
  {
    to: Type.Optional(Phone),
    after: Type.Optional(Type.Integer({ minimum: 0, description: '`next` of an earlier answer' })),
  },
  strict,
)
export const TranscriptAnswer = Type.Object({
  messages: Type.Array(
    Type.Object({
      id: Type.String(),
      to: Type.String({ description: 'E.164' }),
      text: Type.String(),
      state: State,
      acceptedAt: Instant,
    }),
  ),
  next: Type.Integer({
    description: 'As `after` it gives what came later, also when these messages are gone',
  }),
})

export const StatusAnswer = Type.Object({
  loggedIn: Type.Boolean(),
  driver: Type.String(),
  state: Type.String(),
  since: Instant,
  qrAttempt: Type.Union([Type.Integer(), Type.Null()]),
  qrExpiresAt: NullableInstant,
  lastSendOk: Type.Union([Type.Boolean(), Type.Null()]),
  queueDepth: Type.Integer(),
  oldestAgeSeconds: Type.Integer(),
  channels: Type.Array(
    Type.Object({ channel: ChannelName, driver: Type.String(), available: Type.Boolean() }),
  ),
})
