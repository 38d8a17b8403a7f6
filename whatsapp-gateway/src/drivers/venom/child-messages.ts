import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { receivedRawMax, receivedTextMax } from '../../inbound/received-message.ts'

/** Longest line between gateway and child, either way, in bytes; a QR's picture is the longest thing sent. */
export const lineBytesMax = 256 * 1_024

/** Longest picture of a QR, as a data URL. */
export const qrImageCharactersMax = 64 * 1_024

const strict = { additionalProperties: false } as const
const Word = Type.String({ pattern: '^[A-Za-z_ -]{1,40}$' })
const RequestNumber = Type.Integer({ minimum: 1 })
/** An address within WhatsApp, as `554599990001@c.us`. */
const chatIdPattern = '^[0-9]{5,20}@(?:c\\.us|lid)$'
const ChatId = Type.String({ pattern: chatIdPattern })
const Id = Type.String({ minLength: 1, maxLength: 200 })
const Path = Type.String({ minLength: 1, maxLength: 4_096 })

/** What the gateway asks of the child. */
const GatewayCommand = Type.Union([
  Type.Object(
    {
      type: Type.Literal('connect'),
      modulesFolder: Path,
      browserPath: Path,
      /** Holds the browser's profile, which is the login. */
      sessionFolder: Path,
    },
    strict,
  ),
  Type.Object({ type: Type.Literal('resolve'), request: RequestNumber, chatId: ChatId }, strict),
  Type.Object(
    {
      type: Type.Literal('send'),
      request: RequestNumber,
      chatId: ChatId,
      text: Type.String({ minLength: 1, maxLength: 4_096 }),
    },
    strict,
  ),
  Type.Object({ type: Type.Literal('probe'), request: RequestNumber }, strict),
  Type.Object({ type: Type.Literal('log_out'), request: RequestNumber }, strict),
  /** Closes the browser as a person would, so that its profile is whole on disk. */
  Type.Object({ type: Type.Literal('close'), request: RequestNumber }, strict),
])

/** What the child tells the gateway. */
const ChildEvent = Type.Union([
  /** venom's own word for how far the start has come. */
  Type.Object({ type: Type.Literal('progress'), step: Word }, strict),
  Type.Object(
    {
      type: Type.Literal('qr'),
      image: Type.String({
        pattern: '^data:image/png;base64,[A-Za-z0-9+/]+={0,2}$',
        maxLength: qrImageCharactersMax,
      }),
    },
    strict,
  ),
  /** Logged in: from here on it can be asked to send. */
  Type.Object({ type: Type.Literal('ready') }, strict),
  Type.Object(
    {
      type: Type.Literal('failed'),
      reason: Type.Enum(['module_missing', 'not_logged_in', 'page_unreachable', 'browser', 'other']),
    },
    strict,
  ),
  /** WhatsApp Web's word for its connection, as `CONNECTED` or `UNPAIRED`. */
  Type.Object({ type: Type.Literal('state'), state: Word }, strict),
  Type.Object(
    { type: Type.Literal('answer'), request: RequestNumber, value: Type.Union([Id, Type.Null()]) },
    strict,
  ),
  Type.Object(
    {
      type: Type.Literal('refusal'),
      request: RequestNumber,
      reason: Type.Enum(['not_on_whatsapp', 'not_sent', 'lookup_failed', 'outcome_unknown']),
    },
    strict,
  ),
  Type.Object(
    { type: Type.Literal('ack'), id: Id, ack: Type.Integer({ minimum: -100, maximum: 100 }) },
    strict,
  ),
  Type.Object(
    {
      type: Type.Literal('message'),
      id: Id,
      from: Type.Union([Type.String({ maxLength: 100 }), Type.Null()]),
      sentAtSeconds: Type.Integer({ minimum: 0, maximum: 100_000_000_000 }),
      kind: Type.Enum(['text', 'media', 'reaction', 'other']),
      text: Type.Union([Type.String({ maxLength: receivedTextMax }), Type.Null()]),
      isPrivate: Type.Boolean(),
      raw: Type.String({ maxLength: receivedRawMax }),
    },
    strict,
  ),
])

export type GatewayCommand = Static<typeof GatewayCommand>
export type ChildEvent = Static<typeof ChildEvent>
/** A command that the child answers, without the number that its answer bears. */
export type ChildRequest = DistributiveOmit<Extract<GatewayCommand, { request: number }>, 'request'>
/** Why the child did not do what it was asked. */
export type RefusalReason = Extract<ChildEvent, { type: 'refusal' }>['reason']

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

const commandSchema = Compile(GatewayCommand)
const eventSchema = Compile(ChildEvent)

/** Whether a text is an address within WhatsApp of one account. */
export function isChatId(text: string): boolean {
  return new RegExp(chatIdPattern).test(text)
}

/** One line from the gateway; null when it is none of ours. */
export function parseCommand(line: string): GatewayCommand | null {
  const value = parseJson(line)
  return commandSchema.Check(value) ? value : null
}

/** One line from the child; null when it is no event, which a healthy child never sends. */
export function parseEvent(line: string): ChildEvent | null {
  const value = parseJson(line)
  return eventSchema.Check(value) ? value : null
}

/** The line, line feed included, that carries a message. */
export function toLine(message: GatewayCommand | ChildEvent): string {
  return `${JSON.stringify(message)}\n`
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
