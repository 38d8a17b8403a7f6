import type { Call } from '../call/call.ts'
import { askMenu } from '../call/question.ts'
import { prompt, speech, type Sound } from '../call/sound.ts'
import { digitPrompts, type PromptId } from '../prompts/ids.ts'
import type { Step } from './step.ts'

type Ticket = NonNullable<Call['ticket']>

/**
 * Says the protocol twice; 1 opens another ticket, 9 says it again, hanging up is fine. A ticket that is in the spool has
 * no protocol yet: the caller is told how it comes.
 */
export const afterTicket: Step = async (call) => {
  if (call.ticket === null) {
    await call.line.say(prompt('ticket-registered-offline'))
    return 'goodbye'
  }
  const spoken = protocol(call, call.ticket)
  const choice = await askMenu(call, {
    sounds: [prompt('ticket-opened'), ...spoken, ...spoken, prompt(whatNext(call.ticket))],
    choices: { 1: 'another' },
    hearAgain: '9',
  })
  return choice === 'another' ? 'choose-category' : 'goodbye'
}

/** What may be keyed, behind a word about the message with the protocol, which not everybody gets. */
function whatNext({ sentBy }: Ticket): PromptId {
  if (sentBy === null) {
    return 'after-ticket-unsent'
  }
  return sentBy === 'email' ? 'after-ticket-by-email' : 'after-ticket'
}

function protocol(call: Call, { protocol: digits, url }: Ticket): Sound[] {
  return speech(call, 'protocol', url, digitPrompts(digits).map(prompt))
}
