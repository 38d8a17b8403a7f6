import { Type, type Static } from 'typebox'
import { SpokenAudio, spokenExample } from './fields.ts'

/** The catalogue of services, as the menu speaks it. */

const SpokenMenu = Type.Object({ texto: Type.String(), ...SpokenAudio })
export const CatalogueService = Type.Object({
  codigo: Type.String({ description: 'Código estável do serviço', examples: ['computador-nao-liga'] }),
  opcao: Type.Integer({ minimum: 1, maximum: 8, description: 'Tecla no menu da categoria' }),
  nome: Type.String(),
})
export const CatalogueCategory = Type.Object({
  tecla: Type.String({ pattern: '^[1-68]$' }),
  nome: Type.String(),
  menu: SpokenMenu,
  servicos: Type.Array(CatalogueService, { maxItems: 8 }),
})
export const CatalogueAnswer = Type.Object(
  {
    status: Type.Literal(true),
    versao: Type.String({ description: 'Muda quando qualquer texto ou tecla muda; também é o ETag' }),
    menu: SpokenMenu,
    categorias: Type.Array(CatalogueCategory, { maxItems: 7 }),
  },
  {
    description: 'O catálogo',
    examples: [
      {
        status: true,
        versao: '5f2c0e9d',
        menu: { texto: 'Computador, tecle 2.', ...spokenExample },
        categorias: [
          {
            tecla: '2',
            nome: 'Computador',
            menu: { texto: 'Computador não liga, tecle 2.', ...spokenExample },
            servicos: [{ codigo: 'computador-nao-liga', opcao: 2, nome: 'Computador não liga' }],
          },
        ],
      },
    ],
  },
)

export type CatalogueAnswer = Static<typeof CatalogueAnswer>
export type CatalogueCategory = Static<typeof CatalogueCategory>
export type CatalogueService = Static<typeof CatalogueService>
