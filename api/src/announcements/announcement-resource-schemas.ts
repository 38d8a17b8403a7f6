import { Type } from 'typebox'
import { nullable } from '../listing/list-schemas.ts'
import { announcementsMax, textCharactersMax, titleCharactersMax } from './announcement.ts'

const strict = { additionalProperties: false } as const

const fields = {
  title: Type.String({
    minLength: 1,
    maxLength: titleCharactersMax,
    description: 'How the menu names it',
    examples: ['Horário de atendimento'],
  }),
  text: Type.String({ minLength: 1, maxLength: textCharactersMax, description: 'Line breaks become spaces' }),
  position: Type.Integer({ minimum: 1, maximum: announcementsMax, description: 'Place among all' }),
  active: Type.Boolean({ description: 'Whether callers are offered it' }),
}

const example = {
  title: 'Horário de atendimento',
  text: 'A equipe atende de segunda a sexta, das oito às dezessete horas.',
}

export const AnnouncementsResource = Type.Object(
  {
    announcements: Type.Array(
      Type.Object({
        id: Type.Integer(),
        ...fields,
        key: nullable(Type.String({ description: 'Key in the menu; null when switched off' })),
      }),
    ),
  },
  {
    description: 'All announcements',
    examples: [{ announcements: [{ id: 1, ...example, position: 1, active: true, key: '1' }] }],
  },
)

export const AnnouncementParams = Type.Object({
  id: Type.String({ pattern: '^[1-9][0-9]{0,8}$', examples: ['1'] }),
})

export const AddAnnouncementBody = Type.Object(
  {
    title: fields.title,
    text: fields.text,
    position: Type.Optional(fields.position),
    active: Type.Optional(fields.active),
  },
  { ...strict, description: 'The announcement', examples: [example] },
)

export const ChangeAnnouncementBody = Type.Partial(Type.Object(fields), {
  ...strict,
  minProperties: 1,
  description: 'What is to be changed',
  examples: [{ active: false }],
})
