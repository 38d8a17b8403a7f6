import { AgiConnectionLostError, AgiHangupError } from 'asterisk-agi'
import type { Call } from './call/call.ts'
import { prompt } from './call/sound.ts'
import { accessCode } from './steps/access-code.ts'
import { afterTicket } from './steps/after-ticket.ts'
import { askTicket } from './steps/ask-ticket.ts'
import { chooseCategory } from './steps/choose-category.ts'
import { chooseService } from './steps/choose-service.ts'
import { confirmExtension } from './steps/confirm-extension.ts'
import { confirmIdentity } from './steps/confirm-identity.ts'
import { information } from './steps/information.ts'
import { mainMenu } from './steps/main-menu.ts'
import { openTicket } from './steps/open-ticket.ts'
import { registrationCode } from './steps/registration-code.ts'
import type { Ending, Step, StepName } from './steps/step.ts'
import { giveUp, goodbye, technician } from './steps/technician.ts'
import { voiceNote } from './steps/voice-note.ts'

/** The whole call: each step says which one follows. */
const steps: Readonly<Record<StepName, Step>> = {
  'main-menu': mainMenu,
  'registration-code': registrationCode,
  'confirm-extension': confirmExtension,
  'access-code': accessCode,
  'confirm-identity': confirmIdentity,
  'choose-category': chooseCategory,
  'choose-service': chooseService,
  'open-ticket': openTicket,
  'voice-note': voiceNote,
  'after-ticket': afterTicket,
  'ask-ticket': askTicket,
  information,
  technician,
  'give-up': giveUp,
  goodbye,
}

/** A caller who goes back and forth for ever ends here; an ordinary call has about ten steps. */
const stepsMax = 150

/**
 * Runs the call from `start` to its end. A step that fails (the API is away, an answer makes no sense) is told to
 * the caller, who is passed to a technician in office hours.
 * @throws AgiHangupError or AgiConnectionLostError when the caller is gone.
 */
export async function runFlow(call: Call, start: StepName): Promise<Ending> {
  let next: StepName | Ending = start
  for (let count = 0; typeof next === 'string' && count < stepsMax; count += 1) {
    call.recorder.enter(next)
    next = await runStep(call, next)
  }
  return typeof next === 'string' ? { end: 'hangup' } : next
}

async function runStep(call: Call, name: StepName): Promise<StepName | Ending> {
  try {
    return await steps[name](call)
  } catch (error) {
    call.signal.throwIfAborted()
    if (error instanceof AgiHangupError || error instanceof AgiConnectionLostError) {
      throw error
    }
    call.log.error({ err: error, step: name }, 'a step of the call failed')
    call.recorder.happened('failed')
    call.line.forgetKeysAhead()
    await call.line.say(prompt('system-unavailable'))
    return name === 'give-up' || name === 'goodbye' ? { end: 'hangup' } : 'give-up'
  }
}
