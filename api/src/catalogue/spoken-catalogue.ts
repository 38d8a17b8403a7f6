import type { CatalogueAnswer } from '@ura/core/ticket-api/schemas'
import type { ApiContext } from '../context.ts'
import { catalogueVersion, categoryMenuText, serviceMenuText } from './catalogue.ts'
import { readCatalogue } from './catalogue-repository.ts'

/**
 * The catalogue with its menus' audio, synthesized when first asked for. It is read anew each time, so that the next
 * call hears an administrator's change.
 */
export async function spokenCatalogue(context: Pick<ApiContext, 'db' | 'audio'>): Promise<CatalogueAnswer> {
  const catalogue = await readCatalogue(context.db)
  const [menu, categorias] = await Promise.all([
    spokenMenu(context, categoryMenuText(catalogue)),
    Promise.all(
      catalogue.map(async (category) => ({
        tecla: category.key,
        nome: category.name,
        menu: await spokenMenu(context, serviceMenuText(category)),
        servicos: category.services.map(({ code, option, name }) => ({
          codigo: code,
          opcao: option,
          nome: name,
        })),
      })),
    ),
  ])
  return { status: true, versao: catalogueVersion(catalogue), menu, categorias }
}

/** Whether every menu of the answer has its audio: only then may a client keep it until the version changes. */
export function isFullySpoken(answer: CatalogueAnswer): boolean {
  return answer.menu.url !== null && answer.categorias.every((category) => category.menu.url !== null)
}

async function spokenMenu({ audio }: Pick<ApiContext, 'audio'>, text: string) {
  return { texto: text, ...(await audio({ text, kind: 'catalogue' })) }
}
