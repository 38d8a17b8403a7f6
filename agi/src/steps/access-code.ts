import { withDeadline } from '@ura/core/deadline'
import type { CodeStatusAnswer, VerifyCodeAnswer } from '@ura/core/ticket-api/schemas'
import type { Call, Person } from '../call/call.ts'
import { prompt, type Sound } from '../call/sound.ts'
import { digitPrompts, type PromptId } from '../prompts/ids.ts'
import {
  type CodeSent,
  type CodeUnderWay,
  sendAccessCode,
  verifyAccessCode,
} from '../requests/identity-requests.ts'
import { personOf } from './person-of.ts'
import type { Step } from './step.ts'

/** `*` sends a new code this many times in a call. */
const resendsMax = 2
/** How long the API gets for a word about the message, milliseconds. */
const statusPatienceMs = 1_000

/**
 * Proves who is calling: a code goes to the WhatsApp number or e-mail address on file and must be keyed. Nobody passes
 * without it. Who keys nothing in time is told what became of the message.
 */
export const accessCode: Step = async (call) => {
  const person = personOf(call)
  let code = await sendAccessCode(call, person.userCode)
  let lead = whereToLook(code)
  for (let failures = 0, resends = 0; code.sent && failures < call.tries;) {
    const answer = await call.line.askNumber(code.digits, ...lead, prompt('ask-access-code'))
    if (answer.kind === 'star' && resends < resendsMax) {
      resends += 1
      const earlier = code.channel
      code = await sendAccessCode(call, person.userCode)
      const isElsewhere = code.sent && code.channel !== earlier
      lead = [prompt('access-code-resent'), ...(isElsewhere ? whereToLook(code) : [])]
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
    if (answer.kind === 'nothing') {
      // Keys of this wait are the beginning of the code, so that they stay.
      const found = await lookFor(call, person, code)
      if (found.sent && found.channel !== code.channel) {
        failures -= 1
        lead = whereToLook(found)
      }
      code = found
    }
  }
  return refuse(call, code, lead)
}

async function refuse(call: Call, code: CodeSent, lead: readonly Sound[]): Promise<'give-up'> {
  call.line.forgetKeysAhead()
  if (code.sent) {
    await call.line.say(...lead, prompt('too-many-tries'))
  } else {
    call.recorder.happened('failed')
    await call.line.say(prompt(whyNotSent[code.reason]))
  }
  return 'give-up'
}

function whereToLook(code: CodeSent): Sound[] {
  const isByEmail = code.sent && code.channel === 'email'
  return [prompt(isByEmail ? 'access-code-sent-by-email' : 'access-code-sent')]
}

/** The code as it fares: gone by e-mail meanwhile, given up everywhere, or as the caller knows it. */
async function lookFor(call: Call, { userCode }: Person, code: CodeUnderWay): Promise<CodeSent> {
  const found = await accessCodeStatus(call, userCode)
  if (found?.situacao === 'falhou') {
    return { sent: false, reason: 'undeliverable' }
  }
  const isByEmail = found?.canal === 'email' && found.situacao !== 'desconhecida'
  return isByEmail ? { ...code, channel: 'email' } : code
}

/** Null when it is not to be had in time: the caller's wait is worth more than the answer. */
async function accessCodeStatus(call: Call, userCode: string): Promise<CodeStatusAnswer | null> {
  const { callId, ticketApi, log } = call
  const patience = { limitMs: statusPatienceMs, signal: call.signal }
  const asked = withDeadline(patience, (signal) =>
    ticketApi.accessCodeStatus({ userCode, callId }, signal),
  ).catch((error: unknown) => {
    call.signal.throwIfAborted()
    log.warn({ err: error }, 'it is not known how the access code fares')
    return null
  })
  return call.line.waitFor(asked)
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
