import { categoryMenuText, serviceMenuText } from '@ura/api/catalogue/catalogue'
import { firstCatalogue } from '@ura/api/catalogue/first-catalogue'
import type { CatalogueAnswer } from '@ura/core/ticket-api/schemas'
import type { ExampleCatalogue } from '../../freepbx-dialplan/example-ivr.ts'

/** The catalogue that a new installation starts with: what freepbx-dialplan/example-ivr.conf is made from. */
export function firstExampleCatalogue(): ExampleCatalogue {
  const categories = firstCatalogue.map(({ key, name, services }) => ({
    key,
    name,
    services: services.map((service, index) => ({ ...service, option: index + 1 })),
  }))
  return {
    menuText: categoryMenuText(categories),
    categories: categories.map((category) => ({ ...category, menuText: serviceMenuText(category) })),
  }
}

/** The catalogue that an API offers now. */
export function exampleCatalogueOf({ menu, categorias }: CatalogueAnswer): ExampleCatalogue {
  return {
    menuText: menu.texto,
    categories: categorias.map(({ tecla, nome, menu: ofCategory, servicos }) => ({
      key: tecla,
      name: nome,
      menuText: ofCategory.texto,
      services: servicos.map(({ codigo, opcao, nome: name }) => ({ code: codigo, option: opcao, name })),
    })),
  }
}
