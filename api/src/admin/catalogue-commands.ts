import { listCategories, listServices } from '../catalogue/catalogue-administration.ts'
import { catalogueVersion } from '../catalogue/catalogue.ts'
import { readCatalogue } from '../catalogue/catalogue-repository.ts'
import { categoryCommands } from './category-commands.ts'
import type { Commands } from './command.ts'
import { serviceCommands } from './service-commands.ts'

export const catalogueCommands: Commands = {
  'catalogue show': {
    usage: 'catalogue show',
    summary: 'Mostra as categorias e os serviços, com teclas e códigos',
    positionals: { min: 0, max: 0 },
    options: { all: { summary: 'Também os aposentados' } },
    async run({ db }, input) {
      const isShown = ({ retiredAt }: { retiredAt: Date | null }) => input.has('all') || retiredAt === null
      const services = (await listServices(db)).filter(isShown)
      const categories = (await listCategories(db)).filter(isShown).map(({ id, ...category }) => ({
        ...category,
        services: services
          .filter(({ categoryId }) => categoryId === id)
          .map(({ id: _id, categoryId: _categoryId, ...service }) => service),
      }))
      const version = catalogueVersion(await readCatalogue(db))
      const lines = categories.flatMap((category) => [
        `${category.key}  ${category.name}${stateOf(category)}`,
        ...category.services.map(
          (service) =>
            `   ${category.key}-${service.option}  ${service.name}${stateOf(service)}  [${service.code}]`,
        ),
      ])
      return { data: { version, categories }, text: [...lines, `Versão: ${version}`].join('\n') }
    },
  },
  ...categoryCommands,
  ...serviceCommands,
}

function stateOf(entry: { active: boolean; retiredAt: Date | null }): string {
  if (entry.retiredAt !== null) {
    return ' (aposentado)'
  }
  return entry.active ? '' : ' (desligado)'
}
