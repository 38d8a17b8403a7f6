import { errorTable } from '@ura/core/errors'
import { Type } from 'typebox'

/** The body of every error answer. */
export const ErrorAnswer = Type.Object(
  {
    status: Type.Literal(false),
    erro: Type.Object({
      codigo: Type.String({ examples: Object.keys(errorTable) }),
      mensagem: Type.String({ description: 'Texto em português, próprio para mostrar' }),
      campo: Type.Optional(Type.String({ description: 'Campo com problema' })),
    }),
    requisicao: Type.String({ description: 'Número da requisição, também no cabeçalho x-request-id' }),
  },
  { description: 'Erro' },
)

/** The error answers of every route, for its `response` schema. */
export const errorAnswers = { '4xx': ErrorAnswer, '5xx': ErrorAnswer } as const
