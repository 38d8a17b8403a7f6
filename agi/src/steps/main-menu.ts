import { withDeadline } from '@ura/core/deadline'
import type { Call } from '../call/call.ts'
import { askMenu } from '../call/question.ts'
import { prompt } from '../call/sound.ts'
import type { Step } from './step.ts'

/** A greeting doesn't wait longer to know whether there are announcements: without an answer there are none. */
const informationPatienceMs = 700

/**
 * 1 open a ticket, 2 query one, 3 a technician, 4 hear announcements when there are some, 9 hear again; without an
 * answer, on to a technician.
 */
export const mainMenu: Step = async (call) => {
  const hasInformation = call.offersInformation && (await isInformationThere(call))
  const purpose = await askMenu<'open-ticket' | 'query-ticket' | 'technician' | 'information'>(call, {
    sounds: [prompt(hasInformation ? 'main-menu-with-information' : 'main-menu')],
    choices: {
      1: 'open-ticket',
      2: 'query-ticket',
      3: 'technician',
      ...(hasInformation && { 4: 'information' as const }),
    },
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

async function isInformationThere(call: Call): Promise<boolean> {
  const patience = { limitMs: informationPatienceMs, signal: call.signal }
  const asked = withDeadline(patience, (signal) => call.ticketApi.announcements(signal)).then(
    ({ informacoes }) => informacoes.length > 0,
    (error: unknown) => {
      call.log.warn({ err: error }, 'whether there are announcements is not known')
      return false
    },
  )
  return await call.line.waitFor(asked)
}
