import { Type, type Static } from 'typebox'
import { CallId, SpokenAudio, spokenExample, strict, UserCode } from './fields.ts'

/** Who calls, by the desk extension that the exchange authenticated. */

const Extension = Type.String({
  pattern: '^[0-9]{1,20}$',
  description: 'Ramal que a central autenticou; nunca o número que a ligação diz ter',
  examples: ['2001'],
})

export const IdentifyExtensionBody = Type.Object(
  { ramal: Extension, chamada: CallId },
  { ...strict, examples: [{ ramal: '2001', chamada: '1795360430.0' }] },
)
export const IdentifyExtensionAnswer = Type.Union(
  [
    Type.Object({
      status: Type.Literal(true),
      usuario: UserCode,
      nome: Type.String({ description: 'Nome a confirmar por quem liga' }),
      ...SpokenAudio,
    }),
    Type.Object({ status: Type.Literal(false) }),
  ],
  {
    description: 'De quem é o ramal, quando é de uma só pessoa',
    'x-examples': {
      deUmaPessoa: {
        summary: 'O ramal é de uma pessoa',
        value: { status: true, usuario: '1001', nome: 'João da Conceição', ...spokenExample },
      },
      deNinguem: {
        summary: 'Ramal de ninguém, de mais de uma pessoa, ou em que não se confia',
        value: { status: false },
      },
    },
  },
)

export const ConfirmExtensionBody = Type.Object(
  { ramal: Extension, usuario: UserCode, chamada: CallId },
  { ...strict, examples: [{ ramal: '2001', usuario: '1001', chamada: '1795360430.0' }] },
)
export const ConfirmExtensionAnswer = Type.Object(
  {
    status: Type.Boolean({
      description: 'O ramal identifica essa pessoa; sem isso, vale o código de acesso',
    }),
  },
  {
    description: 'A decisão',
    'x-examples': {
      identificada: { summary: 'A pessoa está identificada', value: { status: true } },
      recusada: { summary: 'O ramal não a identifica', value: { status: false } },
    },
  },
)

export type IdentifyExtensionAnswer = Static<typeof IdentifyExtensionAnswer>
