import { Type, type Static } from 'typebox'
import {
  audioName,
  CallId,
  CallingNumber,
  Instant,
  SpokenAudio,
  spokenExample,
  strict,
  UserCode,
} from './fields.ts'

export { CallId, IdempotencyKey, UserCode } from './fields.ts'
export * from './call-record.ts'
export * from './catalogue.ts'

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

export const RequestCodeBody = Type.Object(
  { usuario: UserCode, chamada: Type.Optional(CallId) },
  { ...strict, examples: [{ usuario: '1001', chamada: '1795360430.0' }] },
)
export const RequestCodeAnswer = Type.Object(
  {
    status: Type.Literal(true),
    enviado_para: Type.String({ description: 'O telefone, mascarado', examples: ['+55 45 *****-0001'] }),
    expira_em: Instant,
    digitos: Type.Integer({ minimum: 4, maximum: 8, description: 'Quantidade de dígitos do código' }),
  },
  {
    description: 'O código foi entregue ao WhatsApp',
    examples: [
      {
        status: true,
        enviado_para: '+55 45 *****-0001',
        expira_em: '2026-11-23T14:05:00.000Z',
        digitos: 4,
      },
    ],
  },
)

export const VerifyCodeBody = Type.Object(
  {
    user: UserCode,
    codigo: Type.String({ pattern: '^[0-9]{1,8}$', description: 'O que foi digitado', examples: ['4821'] }),
    chamada: Type.Optional(CallId),
  },
  { ...strict, examples: [{ user: '1001', codigo: '4821', chamada: '1795360430.0' }] },
)
export const WrongCodeReason = Type.Union([
  Type.Literal('incorreto'),
  Type.Literal('expirado'),
  Type.Literal('bloqueado'),
])
export const VerifyCodeAnswer = Type.Union(
  [
    Type.Object({ status: Type.Literal(true) }),
    Type.Object({
      status: Type.Literal(false),
      tentativas_restantes: Type.Integer({ minimum: 0 }),
      motivo: WrongCodeReason,
    }),
  ],
  {
    description: 'Se o código confere; um código certo só vale uma vez',
    'x-examples': {
      certo: { summary: 'O código confere', value: { status: true } },
      incorreto: {
        summary: 'Outro código',
        value: { status: false, tentativas_restantes: 2, motivo: 'incorreto' },
      },
      bloqueado: {
        summary: 'Tentativas esgotadas',
        value: { status: false, tentativas_restantes: 0, motivo: 'bloqueado' },
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
    ...SpokenAudio,
  },
  {
    description: 'O chamado aberto e seu protocolo em áudio',
    examples: [{ status: true, protocolo: '10017', ...spokenExample }],
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

export type VerifyCodeAnswer = Static<typeof VerifyCodeAnswer>
export type RequestCodeAnswer = Static<typeof RequestCodeAnswer>
export type UserSpeechAnswer = Static<typeof UserSpeechAnswer>
export type OpenTicketBody = Static<typeof OpenTicketBody>
export type OpenTicketAnswer = Static<typeof OpenTicketAnswer>
export type VerifyTicketAnswer = Static<typeof VerifyTicketAnswer>
export type VoiceNoteAnswer = Static<typeof VoiceNoteAnswer>
export type TicketStatus = Static<typeof TicketStatus>
export type OfficeHoursAnswer = Static<typeof OfficeHoursAnswer>
