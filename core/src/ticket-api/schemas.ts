import { Type, type Static } from 'typebox'
import {
  audioName,
  CallId,
  CallingNumber,
  Instant,
  MessageChannel,
  SpokenAudio,
  spokenExample,
  strict,
  UserCode,
} from './fields.ts'

export { CallId, IdempotencyKey, MessageChannel, UserCode } from './fields.ts'
export * from './access-code.ts'
export * from './announcements.ts'
export * from './call-record.ts'
export * from './catalogue.ts'
export * from './extension.ts'
export * from './satisfaction.ts'

/**
 * The phone-integration endpoints of the ticket API: one schema gives validation, types, OpenAPI and the client's
 * parsing. Field names are Portuguese because existing clients use them.
 */

export const SignInAnswer = Type.Object(
  {
    status: Type.Literal(true),
    sessao: Type.String({ description: 'Para `Authorization: Bearer` nos demais pedidos' }),
    expira_em: Instant,
  },
  {
    description: 'A sessão',
    examples: [
      {
        status: true,
        sessao: 'q8mT3vXkE1nWZ5yL0bRc7sJdUf2hGpA9oKiNtQwVx4M',
        expira_em: '2026-11-24T02:00:00.000Z',
      },
    ],
  },
)

export const EndSessionAnswer = Type.Object(
  { status: Type.Literal(true) },
  { description: 'A sessão terminou', examples: [{ status: true }] },
)

export const VerifyUserBody = Type.Object(
  { usuario: UserCode, chamada: Type.Optional(CallId), telefone: Type.Optional(CallingNumber) },
  { ...strict, examples: [{ usuario: '1001', chamada: '1795360430.0', telefone: '4533210001' }] },
)
export const VerifyUserAnswer = Type.Object(
  { status: Type.Boolean({ description: 'O código é de um usuário ativo' }) },
  {
    description: 'Se o código de cadastro existe',
    'x-examples': {
      existe: { summary: 'O código existe', value: { status: true } },
      naoExiste: { summary: 'O código não existe', value: { status: false } },
    },
  },
)

export const UserSpeechBody = Type.Object(
  { usuario: UserCode },
  { ...strict, examples: [{ usuario: '1001' }] },
)
export const UserSpeechAnswer = Type.Object(
  {
    status: Type.Literal(true),
    nome: Type.String({ description: 'Nome do usuário, para o visor do atendente' }),
    ...SpokenAudio,
  },
  {
    description: 'O nome, escrito e em áudio',
    'x-examples': {
      comAudio: {
        summary: 'Com áudio',
        value: { status: true, nome: 'João da Conceição', ...spokenExample },
      },
      semAudio: {
        summary: 'A síntese de voz está indisponível',
        value: { status: true, nome: 'João da Conceição', url: null, nome_audio: null },
      },
    },
  },
)

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
    exige_identificacao: Type.Optional(
      Type.Boolean({
        description:
          'Só abre se um código de acesso deste usuário foi conferido nesta `chamada`, há menos de uma hora',
      }),
    ),
    origem: Type.Optional(
      Type.Union([
        Type.Literal('telefone'),
        Type.Literal('whatsapp'),
        Type.Literal('email'),
        Type.Literal('web'),
      ]),
    ),
  },
  {
    ...strict,
    'x-examples': {
      codigo: {
        summary: 'Pelo código do serviço',
        value: {
          usuario: '1001',
          servico: 'computador-nao-liga',
          chamada: '1795360430.0',
          origem: 'telefone',
        },
      },
      identificado: {
        summary: 'Só para quem conferiu o código de acesso nesta ligação',
        value: {
          usuario: '1001',
          servico: '2-3',
          chamada: '1795360430.0',
          exige_identificacao: true,
        },
      },
      teclado: {
        summary: 'Pela forma do teclado: categoria 2, opção 3',
        value: { usuario: '1001', servico: '2-3' },
      },
    },
  },
)
export const OpenTicketAnswer = Type.Object(
  {
    status: Type.Literal(true),
    protocolo: Type.String({
      pattern: '^[0-9]{2,18}$',
      description: 'Numérico e único; o último dígito confere os demais (Luhn)',
    }),
    // As `canal` of solicitar_codigo.
    aviso: Type.Optional(
      Type.Union([MessageChannel, Type.Null()], {
        description: 'Por onde o protocolo vai ao usuário; null: não tem endereço ou não quer avisos',
      }),
    ),
    ...SpokenAudio,
  },
  {
    description: 'O chamado aberto e seu protocolo em áudio',
    examples: [{ status: true, protocolo: '10017', aviso: 'whatsapp', ...spokenExample }],
  },
)

export const TicketStatus = Type.Union([
  Type.Literal('aberto'),
  Type.Literal('em_atendimento'),
  Type.Literal('aguardando_usuario'),
  Type.Literal('resolvido'),
  Type.Literal('fechado'),
  Type.Literal('cancelado'),
])

/** What is known of a voice note without listening to it. */
export const VoiceNoteAnswer = Type.Object(
  {
    durationMs: Type.Integer({ minimum: 0 }),
    storedAt: Instant,
  },
  { description: 'A voice note', examples: [{ durationMs: 12_340, storedAt: '2026-11-23T14:01:00.000Z' }] },
)

export const VerifyTicketBody = Type.Object(
  { usuario: UserCode, chamado: Type.String({ pattern: '^[0-9]{1,18}$', description: 'Protocolo' }) },
  { ...strict, examples: [{ usuario: '1001', chamado: '10017' }] },
)
export const VerifyTicketAnswer = Type.Object(
  {
    status: Type.Literal(true),
    chamado: Type.Object({
      protocolo: Type.String(),
      situacao: TicketStatus,
      servico: Type.String({ description: 'Nome do serviço' }),
      categoria: Type.String({ description: 'Nome da categoria' }),
      aberto_em: Instant,
      atualizado_em: Instant,
      avaliado: Type.Boolean({ description: 'Quem ligou já deu uma nota' }),
    }),
    ...SpokenAudio,
  },
  {
    description: 'O chamado e sua situação em áudio',
    examples: [
      {
        status: true,
        chamado: {
          protocolo: '10017',
          situacao: 'em_atendimento',
          servico: 'Computador não liga',
          categoria: 'Computador',
          aberto_em: '2026-11-23T14:00:00.000Z',
          atualizado_em: '2026-11-23T14:20:00.000Z',
          avaliado: false,
        },
        ...spokenExample,
      },
    ],
  },
)

export const OfficeHoursAnswer = Type.Object(
  {
    status: Type.Literal(true),
    aberto: Type.Boolean(),
    motivo: Type.String({ examples: ['horario', 'fora_do_horario', 'feriado: Natal'] }),
    proxima_abertura: Type.Union([Instant, Type.Null()]),
    proxima_mudanca: Type.Union([Instant, Type.Null()], {
      description: 'Até quando esta resposta vale',
    }),
    ...SpokenAudio,
  },
  {
    description: 'Se a equipe está em atendimento; o áudio diz quando volta',
    'x-examples': {
      aberto: {
        summary: 'Em atendimento',
        value: {
          status: true,
          aberto: true,
          motivo: 'horario',
          proxima_abertura: null,
          proxima_mudanca: '2026-11-23T15:00:00.000Z',
          url: null,
          nome_audio: null,
        },
      },
      feriado: {
        summary: 'Feriado',
        value: {
          status: true,
          aberto: false,
          motivo: 'feriado: Natal',
          proxima_abertura: '2026-12-28T11:00:00.000Z',
          proxima_mudanca: '2026-12-28T11:00:00.000Z',
          ...spokenExample,
        },
      },
    },
  },
)

export const RemoveAudioBody = Type.Object(
  { audio: Type.String({ minLength: 1, maxLength: 200, description: '`nome_audio` de uma resposta' }) },
  { ...strict, examples: [{ audio: audioName }] },
)
export const RemoveAudioAnswer = Type.Object(
  { status: Type.Boolean({ description: 'Havia o que remover' }) },
  { description: 'O áudio não existe mais', examples: [{ status: true }] },
)

export type UserSpeechAnswer = Static<typeof UserSpeechAnswer>
export type OpenTicketBody = Static<typeof OpenTicketBody>
export type OpenTicketAnswer = Static<typeof OpenTicketAnswer>
export type VerifyTicketAnswer = Static<typeof VerifyTicketAnswer>
export type VoiceNoteAnswer = Static<typeof VoiceNoteAnswer>
export type TicketStatus = Static<typeof TicketStatus>
export type OfficeHoursAnswer = Static<typeof OfficeHoursAnswer>
