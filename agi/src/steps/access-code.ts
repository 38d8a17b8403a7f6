import type { VerifyCodeAnswer } from '@ura/core/ticket-api/schemas'
import { prompt, type Sound } from '../call/sound.ts'
import { digitPrompts, type PromptId } from '../prompts/ids.ts'
import { sendAccessCode, verifyAccessCode } from '../requests/identity-requests.ts'
import { personOf } from './person-of.ts'
import type { Step } from './step.ts'

/** `*` sends a new code this many times in a call. */
const resendsMax = 2

/** Proves who is calling: a code goes to the WhatsApp number on file and must be keyed. Nobody passes without it. */
export const accessCode: Step = async (call) => {
  const person = personOf(call)
  let code = await sendAccessCode(call, person.userCode)
  let lead: Sound[] = [prompt('access-code-sent')]
  for (let failures = 0, resends = 0; code.sent && failures < call.tries;) {
    const answer = await call.line.askNumber(code.digits, ...lead, prompt('ask-access-code'))
    if (answer.kind === 'star' && resends < resendsMax) {
      resends += 1
      code = await sendAccessCode(call, person.userCode)
      lead = [prompt('access-code-resent')]
      continue
    }
    failures += 1
    if (answer.kind === 'digits') {
      const verdict = await verifyAccessCode(call, person.userCode, answer.digits)
      if (verdict.status) {
        call.person = { ...person, verified: true }
        return 'confirm-identity'
      }
      lead = whatWasWrong(verdict, call.tries - failures)
    } else {
      lead = [prompt(answer.kind === 'nothing' ? 'no-input' : 'invalid-option')]
    }
    call.line.forgetKeysAhead()
  }
  if (code.sent) {
    await call.line.say(...lead, prompt('too-many-tries'))
  } else {
    call.recorder.happened('failed')
    await call.line.say(prompt(whyNotSent[code.reason]))
  }
  return 'give-up'
}

const whyNotSent: Readonly<Record<'undeliverable' | 'limit', PromptId>> = {
  undeliverable: 'access-code-undeliverable',
  limit: 'too-many-tries',
}

/** A wrong code names the tries left in this call; one that can't win any more asks for a new one. */
function whatWasWrong(verdict: VerifyCodeAnswer & { status: false }, triesLeft: number): Sound[] {
  if (verdict.motivo !== 'incorreto') {
    return [prompt('access-code-expired')]
  }
  const left = Math.min(triesLeft, verdict.tentativas_restantes)
  const triesLeftSounds = [prompt('tries-left'), ...digitPrompts(String(left)).map(prompt)]
  return [prompt('wrong-access-code'), ...(left === 0 ? [] : triesLeftSounds)]
}
