import { UserCode } from '@ura/core/ticket-api/schemas'
import { type Static, Type } from 'typebox'
import { nullable, pageFields } from '../listing/list-schemas.ts'

const strict = { additionalProperties: false } as const

/** One line, not blank, without control characters. */
const line = (charactersMax: number) =>
  Type.String({ pattern: `^(?=.*\\S)[^\\u0000-\\u001f\\u007f]{1,${charactersMax}}$` })

const Extension = Type.String({ pattern: '^[0-9*#]{1,20}$', examples: ['2001'] })
const PhoneNumber = Type.String({
  pattern: '^[0-9+() -]{8,25}$',
  description: 'With area code; kept as E.164',
  examples: ['+5545999990001'],
})

const fields = {
  name: line(200),
  department: nullable(line(200)),
  whatsapp: nullable(PhoneNumber),
  extension: nullable(Extension),
  email: nullable(
    Type.String({
      pattern: '^[^\\s@\\u0000-\\u001f\\u007f]+@[^\\s@\\u0000-\\u001f\\u007f]+$',
      maxLength: 254,
    }),
  ),
  active: Type.Boolean(),
  notices: Type.Boolean({
    description: 'Whether they get messages about their tickets; codes go all the same',
  }),
}

export const UserResource = Type.Object(
  {
    code: Type.String(),
    name: Type.String(),
    department: nullable(Type.String()),
    whatsapp: nullable(Type.String({ description: 'Masked', examples: ['+55 45 *****-0001'] })),
    extension: nullable(Type.String()),
    email: nullable(Type.String({ description: 'Masked', examples: ['j***@prefeitura.example'] })),
    active: Type.Boolean(),
    notices: fields.notices,
  },
  {
    description: 'A user',
    examples: [
      {
        code: '1001',
        name: 'João da Conceição',
        department: 'Obras',
        whatsapp: '+55 45 *****-0001',
        extension: '2001',
        email: 'j***@prefeitura.example',
        active: true,
        notices: true,
      },
    ],
  },
)

export const UserListQuery = Type.Object(
  {
    ...pageFields,
    code: Type.Optional(Type.String({ pattern: '^[0-9]{1,12}$', description: 'First digits' })),
    name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: "Beginning; case and accents don't count",
        examples: ['joao'],
      }),
    ),
    whatsapp: Type.Optional(PhoneNumber),
    extension: Type.Optional(Extension),
  },
  strict,
)

export const UserParams = Type.Object({ code: UserCode })

export const AddUserBody = Type.Object(
  {
    code: UserCode,
    name: fields.name,
    department: Type.Optional(fields.department),
    whatsapp: Type.Optional(fields.whatsapp),
    extension: Type.Optional(fields.extension),
    email: Type.Optional(fields.email),
    active: Type.Optional(fields.active),
    notices: Type.Optional(fields.notices),
  },
  {
    ...strict,
    description: 'The person',
    examples: [
      {
        code: '2001',
        name: 'Célia Prado',
        department: 'Saúde',
        whatsapp: '+5545999990021',
        extension: '2021',
      },
    ],
  },
)

export const ChangeUserBody = Type.Partial(Type.Object(fields), {
  ...strict,
  minProperties: 1,
  description: 'What is to be changed',
  examples: [{ extension: '2022' }],
})

export type UserResource = Static<typeof UserResource>
export type AddUserBody = Static<typeof AddUserBody>
export type ChangeUserBody = Static<typeof ChangeUserBody>
