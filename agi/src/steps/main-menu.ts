import { askMenu } from '../call/question.ts'
import { prompt } from '../call/sound.ts'
import type { Step } from './step.ts'

/** 1 open a ticket, 2 query one, 3 a technician, 9 hear again; without an answer, on to a technician. */
export const mainMenu: Step = async (call) => {
  const purpose = await askMenu<'open-ticket' | 'query-ticket' | 'technician'>(call, {
    sounds: [prompt('main-menu')],
    choices: { 1: 'open-ticket', 2: 'query-ticket', 3: 'technician' },
    hearAgain: '9',
  })
  if (purpose === 'open-ticket' || purpose === 'query-ticket') {
    call.purpose = purpose
    const { person } = call
    if (purpose === 'open-ticket') {
      return person?.verified === true ? 'choose-category' : 'registration-code'
    }
    return person?.byExtension === true ? 'ask-ticket' : 'registration-code'
  }
  return purpose ?? 'give-up'
}
