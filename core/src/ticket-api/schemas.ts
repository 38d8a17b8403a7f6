import { Type, type Static } from 'typebox'

/**
 * The phone-integration endpoints of the ticket API: one schema gives validation, types, OpenAPI and the client's
 * parsing. Field names are Portuguese because existing clients use them.
 */

const strict = { additionalProperties: false } as const

export const UserCode = Type.String({
  pattern: '^[0-9]{1,12}$',
  description: 'Código de cadastro (só dígitos)',
  examples: ['1001'],
})
export const CallId = Type.String({
  pattern: '^[A-Za-z0-9._:-]{1,64}$',
  description: 'Identificador da ligação (linkedid do Asterisk)',
  examples: ['1795360430.0'],
})
export const IdempotencyKey = Type.String({ pattern: '^[\\x21-\\x7e]{1,128}$' })
const CallingNumber = Type.String({
  pattern: '^[0-9+*#]{1,32}$',
  description: 'Número de quem liga; conta tentativas erradas por origem',
})
const Instant = Type.String({ format: 'date-time', description: 'ISO 8601' })
const SpokenAudio = {
  url: Type.Union([Type.String(), Type.Null()], {
    description: 'Áudio (audio/x-wav) para o Asterisk; null quando a síntese de voz está indisponível',
  }),
  nome_audio: Type.Union([Type.String(), Type.Null()]),
}

export const SignInAnswer = Type.Object({
  status: Type.Literal(true),
  sessao: Type.String(),
  expira_em: Instant,
})

export const EndSessionAnswer = Type.Object({ status: Type.Literal(true) })

export const VerifyUserBody = Type.Object(
  { usuario: UserCode, chamada: Type.Optional(CallId), telefone: Type.Optional(CallingNumber) },
  strict,
)
export const VerifyUserAnswer = Type.Object({ status: Type.Boolean() })

export const UserSpeechBody = Type.Object({ usuario: UserCode }, strict)
export const UserSpeechAnswer = Type.Object({
  status: Type.Literal(true),
  nome: Type.String({ description: 'Nome do usuário, para o visor do atendente' }),
  ...SpokenAudio,
})

export const RequestCodeBody = Type.Object({ usuario: UserCode, chamada: Type.Optional(CallId) }, strict)
export const RequestCodeAnswer = Type.Object({
  status: Type.Literal(true),
  enviado_para: Type.String({ examples: ['+55 45 *****-0001'] }),
  expira_em: Instant,
  digitos: Type.Integer({ minimum: 4, maximum: 8, description: 'Quantidade de dígitos do código' }),
})

export const VerifyCodeBody = Type.Object(
  {
    user: UserCode,
    codigo: Type.String({ pattern: '^[0-9]{1,8}$' }),
    chamada: Type.Optional(CallId),
  },
  strict,
)
export const WrongCodeReason = Type.Union([
  Type.Literal('incorreto'),
  Type.Literal('expirado'),
  Type.Literal('bloqueado'),
])
export const VerifyCodeAnswer = Type.Union([
  Type.Object({ status: Type.Literal(true) }),
  Type.Object({
    status: Type.Literal(false),
    tentativas_restantes: Type.Integer({ minimum: 0 }),
    motivo: WrongCodeReason,
  }),
])

const SpokenMenu = Type.Object({ texto: Type.String(), ...SpokenAudio })
export const CatalogueService = Type.Object({
  codigo: Type.String({ description: 'Código estável do serviço', examples: ['computador-nao-liga'] }),
  opcao: Type.Integer({ minimum: 1, maximum: 8, description: 'Tecla no menu da categoria' }),
  nome: Type.String(),
})
export const CatalogueCategory = Type.Object({
  tecla: Type.String({ pattern: '^[1-68]$' }),
  nome: Type.String(),
  menu: SpokenMenu,
  servicos: Type.Array(CatalogueService, { maxItems: 8 }),
})
export const CatalogueAnswer = Type.Object({
  status: Type.Literal(true),
  versao: Type.String({ description: 'Muda quando qualquer texto ou tecla muda; também é o ETag' }),
  menu: SpokenMenu,
  categorias: Type.Array(CatalogueCategory, { maxItems: 7 }),
})

export const OpenTicketBody = Type.Object(
  {
    usuario: UserCode,
    servico: Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'Código do serviço ou forma do teclado "<categoria>-<opção>"',
      examples: ['computador-nao-liga', '2-3'],
    }),
    chamada: Type.Optional(CallId),
    origem: Type.Optional(
      Type.Union([
        Type.Literal('telefone'),
        Type.Literal('whatsapp'),
        Type.Literal('email'),
        Type.Literal('web'),
      ]),
    ),
  },
  strict,
)
export const OpenTicketAnswer = Type.Object({
  status: Type.Literal(true),
  protocolo: Type.String({ pattern: '^[0-9]{2,18}$' }),
  ...SpokenAudio,
})

export const TicketStatus = Type.Union([
  Type.Literal('aberto'),
  Type.Literal('em_atendimento'),
  Type.Literal('aguardando_usuario'),
  Type.Literal('resolvido'),
  Type.Literal('fechado'),
  Type.Literal('cancelado'),
])
export const VerifyTicketBody = Type.Object(
  { usuario: UserCode, chamado: Type.String({ pattern: '^[0-9]{1,18}$', description: 'Protocolo' }) },
  strict,
)
export const VerifyTicketAnswer = Type.Object({
  status: Type.Literal(true),
  chamado: Type.Object({
    protocolo: Type.String(),
    situacao: TicketStatus,
    servico: Type.String(),
    categoria: Type.String(),
    aberto_em: Instant,
    atualizado_em: Instant,
  }),
  ...SpokenAudio,
})

export const OfficeHoursAnswer = Type.Object({
  status: Type.Literal(true),
  aberto: Type.Boolean(),
  motivo: Type.String({ examples: ['horario', 'fora_do_horario', 'feriado: Natal'] }),
  proxima_abertura: Type.Union([Instant, Type.Null()]),
  proxima_mudanca: Type.Union([Instant, Type.Null()], {
    description: 'Até quando esta resposta vale',
  }),
  ...SpokenAudio,
})

export const RemoveAudioBody = Type.Object({ audio: Type.String({ minLength: 1, maxLength: 200 }) }, strict)
export const RemoveAudioAnswer = Type.Object({ status: Type.Boolean() })

export const CallOutcome = Type.Union([
  Type.Literal('ticket_opened'),
  Type.Literal('status_told'),
  Type.Literal('transferred'),
  Type.Literal('declined'),
  Type.Literal('abandoned'),
  Type.Literal('failed'),
])
export const CallRecord = Type.Object(
  {
    chamada: CallId,
    rodada: Type.Integer({
      minimum: 1,
      maximum: 99,
      description: 'Entrada no atendimento, na mesma ligação',
    }),
    telefone: Type.Union([CallingNumber, Type.Null()]),
    inicio: Instant,
    fim: Instant,
    etapas: Type.Array(Type.Object({ etapa: Type.String({ maxLength: 40 }), em: Instant }, strict), {
      maxItems: 200,
    }),
    resultado: CallOutcome,
    usuario: Type.Union([UserCode, Type.Null()]),
    protocolos: Type.Array(Type.String({ pattern: '^[0-9]{2,18}$' }), { maxItems: 20 }),
  },
  strict,
)
export const CallRecordAnswer = Type.Object({ status: Type.Literal(true) })
export const CallRecordsAnswer = Type.Object({ status: Type.Literal(true), ligacoes: Type.Array(CallRecord) })

export type VerifyCodeAnswer = Static<typeof VerifyCodeAnswer>
export type RequestCodeAnswer = Static<typeof RequestCodeAnswer>
export type UserSpeechAnswer = Static<typeof UserSpeechAnswer>
export type CatalogueAnswer = Static<typeof CatalogueAnswer>
export type CatalogueCategory = Static<typeof CatalogueCategory>
export type CatalogueService = Static<typeof CatalogueService>
export type OpenTicketBody = Static<typeof OpenTicketBody>
export type OpenTicketAnswer = Static<typeof OpenTicketAnswer>
export type VerifyTicketAnswer = Static<typeof VerifyTicketAnswer>
export type TicketStatus = Static<typeof TicketStatus>
export type OfficeHoursAnswer = Static<typeof OfficeHoursAnswer>
export type CallOutcome = Static<typeof CallOutcome>
export type CallRecord = Static<typeof CallRecord>
