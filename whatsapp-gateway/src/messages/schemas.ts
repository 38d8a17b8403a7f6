import { Type } from 'typebox'
import { messageStates } from '../outbox/message-state.ts'

const strict = { additionalProperties: false } as const

/** Longest text of a message, in characters: WhatsApp's own limit. */
const textCharactersMax = 4_096
/** Longest a request may wait for its message to settle. */
const waitMsMax = 10_000

const State = Type.Enum(messageStates)
const Instant = Type.String({ description: 'ISO 8601' })
const NullableInstant = Type.Union([Instant, Type.Null()])
const Phone = Type.String({ minLength: 1, maxLength: 40 })

export const SendBody = Type.Object(
  {
    phone: Phone,
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
  },
  strict,
)
export const SendQuery = Type.Object(
  { wait: Type.Optional(Type.Integer({ minimum: 0, maximum: waitMsMax })) },
  strict,
)
export const SendHeaders = Type.Object({
  'idempotency-key': Type.Optional(Type.String({ pattern: '^[\\x21-\\x7e]{1,128}$' })),
})
export const SendAnswer = Type.Object({ id: Type.String(), status: State })
/** An error body that also tells the connection's state. */
export const LoggedOutAnswer = Type.Object({
  status: Type.Literal(false),
  erro: Type.Object({ codigo: Type.String(), mensagem: Type.String() }),
  requisicao: Type.String(),
  state: Type.String(),
})

export const MessageParams = Type.Object({ id: Type.String({ pattern: '^[0-9a-f-]{36}$' }) })
export const MessageAnswer = Type.Object({
  id: Type.String(),
  to: Type.String({ description: 'Masked' }),
  state: State,
  tries: Type.Integer(),
  acceptedAt: Instant,
  deadline: Instant,
  history: Type.Array(
    Type.Object({ state: State, at: Instant, reason: Type.Union([Type.String(), Type.Null()]) }),
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
})
