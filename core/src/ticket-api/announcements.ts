import { Type, type Static } from 'typebox'
import { SpokenAudio, spokenExample, strict } from './fields.ts'

/** What callers may hear without saying who they are. */

export const AnnouncementsAnswer = Type.Object(
  {
    status: Type.Literal(true),
    versao: Type.String({ description: 'Muda quando qualquer texto ou tecla muda; também é o ETag' }),
    informacoes: Type.Array(
      Type.Object({
        id: Type.Integer(),
        tecla: Type.String({ pattern: '^[1-8]$' }),
        titulo: Type.String(),
      }),
      { maxItems: 8 },
    ),
  },
  {
    description: 'As informações ligadas, na ordem do menu',
    examples: [
      {
        status: true,
        versao: '5f2c0e9d5f2c0e9d',
        informacoes: [{ id: 1, tecla: '1', titulo: 'Horário de atendimento' }],
      },
    ],
  },
)

export const AnnouncementSpeechBody = Type.Object(
  {
    informacao: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 2_147_483_647,
        description: '`id` de uma informação; sem ele, o menu',
      }),
    ),
  },
  {
    ...strict,
    'x-examples': {
      menu: { summary: 'O menu', value: {} },
    },
  },
)
export const AnnouncementSpeechAnswer = Type.Object(
  { status: Type.Literal(true), texto: Type.String(), ...SpokenAudio },
  {
    description: 'O texto e seu áudio',
    examples: [
      {
        status: true,
        texto:
          'Horário de atendimento, tecle 1. Para ouvir novamente, tecle 9. Para voltar, tecle asterisco.',
        ...spokenExample,
      },
    ],
  },
)

export type AnnouncementsAnswer = Static<typeof AnnouncementsAnswer>
export type AnnouncementSpeechAnswer = Static<typeof AnnouncementSpeechAnswer>
