import type { Call } from '../call/call.ts'
import { askMenu } from '../call/question.ts'
import { prompt, speech, type Sound } from '../call/sound.ts'
import { digitPrompts, type PromptId } from '../prompts/ids.ts'
import type { Step } from './step.ts'

/** Says the protocol twice; 1 opens another ticket, 9 says it again, hanging up is fine. */
export const afterTicket: Step = async (call) => {
  const spoken = protocol(call)
  const choice = await askMenu(call, {
    sounds: [prompt('ticket-opened'), ...spoken, ...spoken, prompt(whatNext(call))],
    choices: { 1: 'another' },
    hearAgain: '9',
  })
  return choice === 'another' ? 'choose-category' : 'goodbye'
}

/** What may be keyed, behind a word about the message with the protocol, which not everybody gets. */
function whatNext({ ticket }: Call): PromptId {
  if (ticket?.sentBy === null) {
    return 'after-ticket-unsent'
  }
  return ticket?.sentBy === 'email' ? 'after-ticket-by-email' : 'after-ticket'
}

function protocol(call: Call): Sound[] {
  const { ticket } = call
  return ticket === null
    ? []
    : speech(call, 'protocol', ticket.url, digitPrompts(ticket.protocol).map(prompt))
}
