import { sayWhatWasWrong } from '../call/question.ts'
import { prompt } from '../call/sound.ts'
import { isKnownUser } from '../requests/identity-requests.ts'
import type { Step } from './step.ts'

const registrationDigitsMax = 12

/** Asks for the registration code until the API knows it; a trusted extension is asked about first. */
export const registrationCode: Step = async (call) => {
  if (call.extension !== null) {
    return 'confirm-extension'
  }
  for (let failures = 0; failures < call.tries; failures += 1) {
    const answer = await call.line.askNumber(registrationDigitsMax, prompt('ask-registration'))
    if (answer.kind !== 'digits') {
      await sayWhatWasWrong(call, answer.kind === 'nothing')
    } else if (await isKnownUser(call, answer.digits)) {
      call.person = {
        userCode: answer.digits,
        // Being made into speech while the access code travels; its absence is no reason to stop.
        name: call.ticketApi.userSpeech(answer.digits, call.signal).catch(() => null),
        verified: false,
      }
      return call.purpose === 'query-ticket' ? 'ask-ticket' : 'access-code'
    } else {
      call.line.forgetKeysAhead()
      await call.line.say(prompt('unknown-registration'))
    }
  }
  await call.line.say(prompt('too-many-tries'))
  return 'give-up'
}
