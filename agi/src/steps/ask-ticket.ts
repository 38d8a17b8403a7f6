import type { TicketStatus, VerifyTicketAnswer } from '@ura/core/ticket-api/schemas'
import type { Call } from '../call/call.ts'
import { askMenu, sayWhatWasWrong } from '../call/question.ts'
import { prompt, speech } from '../call/sound.ts'
import type { PromptId } from '../prompts/ids.ts'
import { findTicket } from '../requests/find-ticket.ts'
import { personOf } from './person-of.ts'
import type { Step, StepName } from './step.ts'

const protocolDigitsMax = 18

/** Asks for a protocol of this user and tells its status; an unknown one and another user's sound the same. */
export const askTicket: Step = async (call) => {
  const { userCode } = personOf(call)
  for (let failures = 0; failures < call.tries; failures += 1) {
    const answer = await call.line.askNumber(protocolDigitsMax, prompt('ask-ticket'))
    const found = answer.kind === 'digits' ? await findTicket(call, userCode, answer.digits) : null
    if (found !== null) {
      return tellStatus(call, found)
    }
    if (answer.kind === 'digits') {
      call.line.forgetKeysAhead()
      await call.line.say(prompt('ticket-not-found'))
    } else {
      await sayWhatWasWrong(call, answer.kind === 'nothing')
    }
  }
  await call.line.say(prompt('too-many-tries'))
  return 'give-up'
}

/** Service, status and since when; 1 asks for another ticket, 9 says it again, 0 goes to the main menu. */
async function tellStatus(call: Call, { chamado, url }: VerifyTicketAnswer): Promise<StepName> {
  call.recorder.happened('status_told')
  const choice = await askMenu<StepName>(call, {
    sounds: [
      ...speech(call, 'status', url, [prompt(statusPrompts[chamado.situacao])]),
      prompt('after-status'),
    ],
    choices: { 1: 'ask-ticket', 0: 'main-menu' },
    hearAgain: '9',
  })
  return choice ?? 'goodbye'
}

/** What says a status without speech. */
export const statusPrompts: Readonly<Record<TicketStatus, PromptId>> = {
  aberto: 'status-open',
  em_atendimento: 'status-in-progress',
  aguardando_usuario: 'status-waiting-for-user',
  resolvido: 'status-resolved',
  fechado: 'status-closed',
  cancelado: 'status-cancelled',
}
