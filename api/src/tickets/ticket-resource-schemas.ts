import { CallId, TicketStatus, UserCode, VoiceNoteAnswer } from '@ura/core/ticket-api/schemas'
import { type Static, Type } from 'typebox'
import { Instant, nullable, pageFields } from '../listing/list-schemas.ts'
import { ticketSorts } from './ticket-list.ts'
import { ticketStatuses } from './ticket-text.ts'

const strict = { additionalProperties: false } as const

const Protocol = Type.String({ pattern: '^[0-9]{1,18}$', examples: ['10017'] })
const Origin = Type.Enum(['telefone', 'whatsapp', 'email', 'web'])
const Assignee = Type.String({
  // At least one character that is no space, and none that controls a terminal.
  pattern: '^(?=.*\\S)[^\\u0000-\\u001f\\u007f]{1,100}$',
  description: 'Technician or team',
  examples: ['ana'],
})
const ServiceCode = Type.String({ minLength: 1, maxLength: 64, examples: ['computador-nao-liga'] })

export const TicketResource = Type.Object(
  {
    protocol: Protocol,
    status: TicketStatus,
    assignee: nullable(Type.String()),
    origin: Origin,
    user: Type.Object({ code: Type.String(), name: Type.String() }),
    service: Type.Object({ code: Type.String(), name: Type.String() }),
    category: Type.Object({ id: Type.Integer(), name: Type.String() }),
    callId: nullable(Type.String()),
    rating: nullable(Type.Integer({ description: "The caller's, from 1 to 5" })),
    openedAt: Instant,
    updatedAt: Type.String({ format: 'date-time', description: 'When anything of it last changed' }),
    statusSince: Instant,
    voiceNote: Type.Union([VoiceNoteAnswer, Type.Null()], {
      description: 'What the requester said about it, to be had at `/voice-note`',
    }),
    version: Type.Integer({ minimum: 1, description: 'In quotes as good for `If-Match` as the ETag' }),
  },
  {
    description: 'A ticket',
    examples: [
      {
        protocol: '10017',
        status: 'em_atendimento',
        assignee: 'ana',
        origin: 'telefone',
        user: { code: '1001', name: 'João da Conceição' },
        service: { code: 'computador-nao-liga', name: 'Computador não liga' },
        category: { id: 1, name: 'Computador' },
        callId: '1795360430.0',
        rating: null,
        openedAt: '2026-11-23T14:00:00.000Z',
        updatedAt: '2026-11-23T14:20:00.000Z',
        statusSince: '2026-11-23T14:20:00.000Z',
        voiceNote: null,
        version: 2,
      },
    ],
  },
)

const statusWord = `(${ticketStatuses.join('|')})`

export const TicketListQuery = Type.Object(
  {
    ...pageFields,
    status: Type.Optional(
      Type.String({
        pattern: `^${statusWord}(,${statusWord}){0,5}$`,
        description: 'One or more, separated by commas',
        examples: ['aberto,em_atendimento'],
      }),
    ),
    userCode: Type.Optional(UserCode),
    service: Type.Optional(ServiceCode),
    category: Type.Optional(Type.Integer({ minimum: 1, description: "A category's id" })),
    origin: Type.Optional(Origin),
    assignee: Type.Optional(Assignee),
    unassigned: Type.Optional(Type.Literal(true, { description: 'Those that nobody has' })),
    openedFrom: Type.Optional(Instant),
    openedTo: Type.Optional(Instant),
    updatedFrom: Type.Optional(Instant),
    updatedTo: Type.Optional(Instant),
    protocol: Type.Optional(
      Type.String({
        pattern: '^[0-9]{1,15}$',
        description: 'First digits; alone, in the order of protocols',
      }),
    ),
    sort: Type.Optional(
      Type.Enum([...ticketSorts], { description: 'A minus turns it round. Default: the newest first' }),
    ),
  },
  strict,
)

export const TicketParams = Type.Object({ protocol: Protocol })

export const OpenTicketResourceBody = Type.Object(
  {
    userCode: UserCode,
    service: ServiceCode,
    origin: Type.Optional(Origin),
    callId: Type.Optional(CallId),
  },
  {
    ...strict,
    description: 'Who needs what',
    examples: [{ userCode: '1001', service: 'computador-nao-liga', origin: 'web' }],
  },
)

export const ChangeTicketBody = Type.Object(
  {
    status: Type.Optional(TicketStatus),
    assignee: Type.Optional(nullable(Assignee)),
    service: Type.Optional(ServiceCode),
  },
  {
    ...strict,
    minProperties: 1,
    description: 'What is to be changed',
    examples: [{ status: 'em_atendimento', assignee: 'ana' }],
  },
)

export const TicketEventResource = Type.Object(
  {
    id: Type.Integer(),
    type: Type.Union([
      Type.Literal('opened'),
      Type.Literal('status_changed'),
      Type.Literal('assigned'),
      Type.Literal('service_changed'),
    ]),
    at: Instant,
    actor: Type.String(),
    from: nullable(Type.String()),
    to: nullable(Type.String()),
  },
  {
    description: 'One change',
    examples: [
      {
        id: 7,
        type: 'status_changed',
        at: '2026-11-23T14:20:00.000Z',
        actor: 'console',
        from: 'aberto',
        to: 'em_atendimento',
      },
    ],
  },
)

export const TicketNoteResource = Type.Object(
  {
    id: Type.Integer(),
    author: Type.String(),
    at: Instant,
    text: Type.String(),
  },
  {
    description: 'A note',
    examples: [
      { id: 3, author: 'console', at: '2026-11-23T14:25:00.000Z', text: 'Fonte queimada; peça pedida.' },
    ],
  },
)

export const AddNoteBody = Type.Object(
  {
    text: Type.String({
      minLength: 1,
      maxLength: 2_000,
      pattern: '^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$',
    }),
  },
  { ...strict, description: 'The note', examples: [{ text: 'Fonte queimada; peça pedida.' }] },
)

export const HistoryQuery = Type.Object(pageFields, strict)

export type TicketResource = Static<typeof TicketResource>
export type TicketEventResource = Static<typeof TicketEventResource>
export type TicketNoteResource = Static<typeof TicketNoteResource>
export type ChangeTicketBody = Static<typeof ChangeTicketBody>
