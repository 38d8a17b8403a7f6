import { Type, type Static } from 'typebox'
import { CallId, Instant, MessageChannel, strict, UserCode } from './fields.ts'

/** Access codes: asked for, on their way, keyed. */

export const RequestCodeBody = Type.Object(
  { usuario: UserCode, chamada: Type.Optional(CallId) },
  { ...strict, examples: [{ usuario: '1001', chamada: '1795360430.0' }] },
)
export const RequestCodeAnswer = Type.Object(
  {
    status: Type.Literal(true),
    // Optional for the client's sake: an API of an earlier version doesn't say it.
    canal: Type.Optional(MessageChannel),
    enviado_para: Type.String({
      description: 'O telefone ou o e-mail, mascarado',
      examples: ['+55 45 *****-0001', 'j***@prefeitura.example'],
    }),
    expira_em: Instant,
    digitos: Type.Integer({ minimum: 4, maximum: 8, description: 'Quantidade de dígitos do código' }),
  },
  {
    description: 'O código foi aceito para envio; `canal` diz por onde vai primeiro',
    examples: [
      {
        status: true,
        canal: 'whatsapp',
        enviado_para: '+55 45 *****-0001',
        expira_em: '2026-11-23T14:05:00.000Z',
        digitos: 4,
      },
    ],
  },
)

export const AccessCodeSituation = Type.Union(
  [Type.Literal('a_caminho'), Type.Literal('entregue'), Type.Literal('falhou'), Type.Literal('desconhecida')],
  { description: '`desconhecida`: não se sabe, porque quem envia não responde ou não sabe' },
)
export const CodeStatusQuery = Type.Object({ usuario: UserCode, chamada: CallId }, strict)
export const CodeStatusAnswer = Type.Object(
  { status: Type.Literal(true), situacao: AccessCodeSituation, canal: MessageChannel },
  {
    description: 'Como vai o código mais novo desta ligação',
    'x-examples': {
      aCaminho: {
        summary: 'Seguiu pelo WhatsApp, e ninguém disse ainda que chegou',
        value: { status: true, situacao: 'a_caminho', canal: 'whatsapp' },
      },
      porEmail: {
        summary: 'O WhatsApp não entregou; seguiu por e-mail',
        value: { status: true, situacao: 'a_caminho', canal: 'email' },
      },
      falhou: {
        summary: 'Não chegou por caminho nenhum',
        value: { status: true, situacao: 'falhou', canal: 'whatsapp' },
      },
    },
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

export type VerifyCodeAnswer = Static<typeof VerifyCodeAnswer>
export type AccessCodeSituation = Static<typeof AccessCodeSituation>
export type CodeStatusAnswer = Static<typeof CodeStatusAnswer>
export type RequestCodeAnswer = Static<typeof RequestCodeAnswer>
