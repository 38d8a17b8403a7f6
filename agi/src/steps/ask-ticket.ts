import type { TicketStatus, VerifyTicketAnswer } from '@ura/core/ticket-api/schemas'
import type { Call } from '../call/call.ts'
import { askMenu, sayWhatWasWrong } from '../call/question.ts'
import { prompt, type Sound, speech } from '../call/sound.ts'
import type { PromptId } from '../prompts/ids.ts'
import { findTicket } from '../requests/find-ticket.ts'
import { personOf } from './person-of.ts'
import { askSatisfaction, type RatedCall } from './satisfaction.ts'
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

/** Only of what is over is there something to rate, and once. */
const ratedStatuses: ReadonlySet<TicketStatus> = new Set(['resolvido', 'fechado'])

/** Service, status and since when; 1 asks for another ticket, 9 says it again, 0 goes to the main menu. */
async function tellStatus(call: Call, { chamado, url }: VerifyTicketAnswer): Promise<StepName> {
  call.recorder.happened('status_told')
  const status = speech(call, 'status', url, [prompt(statusPrompts[chamado.situacao])])
  if (call.asksSatisfaction && ratedStatuses.has(chamado.situacao) && !chamado.avaliado) {
    const next = await tellAndAsk(call, status, chamado.protocolo)
    if (next !== 'again') {
      return next ?? 'goodbye'
    }
  }
  const choice = await askMenu<StepName>(call, {
    sounds: [...status, prompt('after-status')],
    choices: { 1: 'ask-ticket', 0: 'main-menu' },
    hearAgain: '9',
  })
  return choice ?? 'goodbye'
}

/** A key over the status is one of the menu's, as it is without the question, which is left out then. */
async function tellAndAsk(
  call: Call,
  status: readonly Sound[],
  protocol: string,
): Promise<StepName | 'again' | null> {
  await call.line.say(...status)
  if (!call.line.hasKeysAhead) {
    const { userCode } = personOf(call)
    await askSatisfaction(ratedCall(call), { moment: 'consulta', ticket: { userCode, protocol } })
  }
  return await askMenu<StepName | 'again'>(call, {
    sounds: [prompt('after-status')],
    choices: { 1: 'ask-ticket', 0: 'main-menu', 9: 'again' },
  })
}

/** The call's record waits for the rating as for a ticket. */
function ratedCall(call: Call): RatedCall {
  const { callId, line, ticketApi, log } = call
  const goOn = (work: Promise<void>): void => {
    call.ticketUnderWay = Promise.allSettled([call.ticketUnderWay, work])
  }
  return { callId, line, ticketApi, log, goOn }
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
