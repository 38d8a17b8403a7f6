import { isDtmfKey } from 'asterisk-agi'
import type { CatalogueService } from '@ura/core/ticket-api/schemas'
import { askMenu, type Menu } from '../call/question.ts'
import { prompt, speech } from '../call/sound.ts'
import type { Step } from './step.ts'

/** The services of the chosen category: 1…n, 9 hears again, `*` goes back to the categories. */
export const chooseService: Step = async (call) => {
  const { category, catalogueVersion } = call
  if (category === null) {
    return 'choose-category'
  }
  const choices: Menu<CatalogueService | 'back'>['choices'] = { '*': 'back' }
  for (const service of category.servicos) {
    const key = String(service.opcao)
    if (isDtmfKey(key)) {
      choices[key] = service
    }
  }
  const choice = await askMenu(call, {
    sounds: speech(call, `service-menu-${catalogueVersion}-${category.tecla}`, category.menu.url, [
      prompt('service-menu'),
    ]),
    choices,
    hearAgain: '9',
  })
  if (choice === null) {
    await call.line.say(prompt('too-many-tries'))
    return 'give-up'
  }
  if (choice === 'back') {
    return 'choose-category'
  }
  call.service = choice
  return 'open-ticket'
}
