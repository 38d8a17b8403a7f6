import { Type, type Static } from 'typebox'
import { CallId, CallingNumber, Instant, strict, UserCode } from './fields.ts'

/** The record of a call: what the call flow sends when it ends, and what is told of it. */

export const CallOutcome = Type.Union([
  Type.Literal('ticket_opened'),
  Type.Literal('status_told'),
  Type.Literal('transferred'),
  Type.Literal('declined'),
  Type.Literal('abandoned'),
  Type.Literal('failed'),
])
const callRecordExample = {
  chamada: '1795360430.0',
  rodada: 1,
  telefone: '4533210001',
  inicio: '2026-11-23T14:00:00.000Z',
  fim: '2026-11-23T14:01:12.000Z',
  etapas: [{ etapa: 'welcome', em: '2026-11-23T14:00:00.000Z' }],
  resultado: 'ticket_opened',
  usuario: '1001',
  verificado: true,
  categoria: 'Computador',
  servico: 'computador-nao-liga',
  protocolos: ['10017'],
}
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
    verificado: Type.Optional(
      Type.Boolean({ description: 'O código de acesso provou quem ligou; sem o campo, não provou' }),
    ),
    categoria: Type.Optional(
      Type.Union([Type.String({ minLength: 1, maxLength: 100 }), Type.Null()], {
        description: 'Nome da última categoria escolhida, como foi ouvido',
      }),
    ),
    servico: Type.Optional(
      Type.Union([Type.String({ minLength: 1, maxLength: 64 }), Type.Null()], {
        description: 'Código do último serviço escolhido',
      }),
    ),
    protocolos: Type.Array(Type.String({ pattern: '^[0-9]{2,18}$' }), { maxItems: 20 }),
  },
  { ...strict, examples: [callRecordExample] },
)
export const CallRecordAnswer = Type.Object(
  { status: Type.Literal(true) },
  { description: 'Guardado', examples: [{ status: true }] },
)
export const CallRecordsAnswer = Type.Object(
  { status: Type.Literal(true), ligacoes: Type.Array(CallRecord) },
  {
    description: 'Os registros, da primeira rodada à última',
    examples: [{ status: true, ligacoes: [{ ...callRecordExample, telefone: '+5545*****0001' }] }],
  },
)

export type CallOutcome = Static<typeof CallOutcome>
export type CallRecord = Static<typeof CallRecord>
