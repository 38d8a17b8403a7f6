import { Type, type Static } from 'typebox'
import { CallId, strict, UserCode } from './fields.ts'

/** What a caller thinks of the service, in one key. */

export const RatingMoment = Type.Union([Type.Literal('consulta'), Type.Literal('tecnico')], {
  description: 'Depois de consultar um chamado, ou de falar com a equipe técnica',
})
export const RateBody = Type.Object(
  {
    chamada: CallId,
    momento: RatingMoment,
    nota: Type.Integer({ minimum: 1, maximum: 5, description: 'De 1 a 5; 5 é a melhor' }),
    usuario: Type.Optional(UserCode),
    chamado: Type.Optional(
      Type.String({
        pattern: '^[0-9]{1,18}$',
        description: 'Protocolo, de um chamado de `usuario`; sem ele, a nota é da ligação',
      }),
    ),
  },
  {
    ...strict,
    'x-examples': {
      chamado: {
        summary: 'De um chamado',
        value: { chamada: '1795360430.0', momento: 'consulta', nota: 5, usuario: '1001', chamado: '10017' },
      },
      ligacao: {
        summary: 'De uma ligação sem chamado',
        value: { chamada: '1795360430.0', momento: 'tecnico', nota: 4 },
      },
    },
  },
)
export const RateAnswer = Type.Object(
  { status: Type.Boolean({ description: 'A nota foi guardada; false: já havia uma, que fica' }) },
  { description: 'Se a nota foi guardada', examples: [{ status: true }] },
)

export type RatingMoment = Static<typeof RatingMoment>
