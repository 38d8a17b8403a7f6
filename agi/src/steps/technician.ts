import { shortPatienceMs } from '../call/office-hours.ts'
import { prompt, speech } from '../call/sound.ts'
import type { Step } from './step.ts'

/** In office hours to the queue; outside, when the team is back, and straight on to opening a ticket. */
export const technician: Step = async (call) => {
  const hours = await call.line.waitFor(call.officeHours.now(call.signal))
  if (hours.aberto) {
    await call.line.say(prompt('transferring'))
    call.recorder.happened('transferred')
    return { end: 'queue' }
  }
  await call.line.say(prompt('out-of-hours'), ...speech(call, 'next-opening', hours.url))
  call.purpose = 'open-ticket'
  return call.person?.verified === true ? 'choose-category' : 'registration-code'
}

/** What is left when a question went unanswered or a part of the system is down: a technician, or goodbye. */
export const giveUp: Step = async (call) => {
  // Who comes here may have waited for the API already.
  const asked = call.officeHours.now(call.signal, shortPatienceMs)
  const hours = await call.line.waitFor(asked).catch((error: unknown) => {
    call.signal.throwIfAborted()
    call.log.warn({ err: error }, 'office hours are not known')
    return null
  })
  if (hours?.aberto !== true) {
    return 'goodbye'
  }
  await call.line.say(prompt('transferring'))
  call.recorder.happened('transferred')
  return { end: 'queue' }
}

/** A polite end. */
export const goodbye: Step = async (call) => {
  await call.line.say(prompt('goodbye'))
  return { end: 'hangup' }
}
