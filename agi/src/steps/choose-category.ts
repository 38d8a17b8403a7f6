import { isDtmfKey } from 'asterisk-agi'
import type { CatalogueCategory } from '@ura/core/ticket-api/schemas'
import { askMenu, type Menu } from '../call/question.ts'
import { prompt, speech } from '../call/sound.ts'
import type { Step } from './step.ts'

/** The catalogue's categories, as it is at this moment: its keys, 7 hears again, `*` goes back. */
export const chooseCategory: Step = async (call) => {
  const catalogue = await call.line.waitFor(call.ticketApi.catalogue(call.signal))
  const choices: Menu<CatalogueCategory | 'back'>['choices'] = { '*': 'back' }
  for (const category of catalogue.categorias) {
    if (isDtmfKey(category.tecla)) {
      choices[category.tecla] = category
    }
  }
  const choice = await askMenu(call, {
    sounds: speech(call, `category-menu-${catalogue.versao}`, catalogue.menu.url, [prompt('category-menu')]),
    choices,
    hearAgain: '7',
  })
  if (choice === null) {
    await call.line.say(prompt('too-many-tries'))
    return 'give-up'
  }
  if (choice === 'back') {
    return 'main-menu'
  }
  call.category = choice
  call.service = null
  call.catalogueVersion = catalogue.versao
  return 'choose-service'
}
