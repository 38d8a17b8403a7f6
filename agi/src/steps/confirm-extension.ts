import { isTimeout, withDeadline } from '@ura/core/deadline'
import { HelpdeskError } from '@ura/core/errors'
import type { IdentifyExtensionAnswer } from '@ura/core/ticket-api/schemas'
import type { Call } from '../call/call.ts'
import { endpointOf } from '../call/desk-extension.ts'
import { shortPatienceMs } from '../call/office-hours.ts'
import { askMenu } from '../call/question.ts'
import { prompt, speech } from '../call/sound.ts'
import type { Step } from './step.ts'

/**
 * Whoever knows the menus keys the registration code over the name, whose first digit may be the 1 that confirms: a
 * second key within this time makes it a code. Shorter than a question, longer than between two keys of one hand.
 */
const nextKeyMs = 600

const nameSound = 'extension-name'

/**
 * A call from a trusted extension on file for one person: the name is spoken, 1 it is me, 2 it isn't. Whatever keeps the
 * extension from identifying that person (another one, no voice to speak the name, the API's word) leads to the
 * registration code, as any other call.
 */
export const confirmExtension: Step = async (call) => {
  const { extension } = call
  call.extension = null
  const owner = extension === null ? null : await ownerOf(call, extension)
  if (extension === null || owner === null || owner.url === null) {
    return 'registration-code'
  }
  await call.line.say(prompt('extension-name-before'), ...speech(call, nameSound, owner.url))
  if ((await call.line.countKeysAhead(nextKeyMs)) > 1 || wasNotHeard(call)) {
    return 'registration-code'
  }
  const answer = await askMenu(call, {
    sounds: [prompt('extension-name-after')],
    choices: { 1: 'yes', 2: 'no' },
  })
  if (answer === null) {
    await call.line.say(prompt('too-many-tries'))
    return 'give-up'
  }
  return answer === 'yes' && (await isIdentified(call, extension, owner.usuario))
    ? welcome(call, owner)
    : 'registration-code'
}

type Owner = IdentifyExtensionAnswer & { status: true }

/** Null as well when the API can't say: the registration code is asked for then, which it may know again. */
async function ownerOf(call: Call, extension: string): Promise<Owner | null> {
  const { callId, signal } = call
  const asked = withDeadline({ limitMs: shortPatienceMs, signal }, (patience) =>
    call.ticketApi.identifyExtension({ extension, callId }, patience),
  )
  try {
    const answer = await call.line.waitFor(asked)
    return answer.status ? answer : null
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof HelpdeskError) && !isTimeout(error)) {
      throw error
    }
    call.log.warn({ err: error }, 'the extension could not be looked up')
    return null
  }
}

function wasNotHeard(call: Call): boolean {
  return call.recorder.withoutSpeech.includes(nameSound)
}

/** A phone that has handed its call to another one since no longer speaks for its owner. */
async function isIdentified(call: Call, extension: string, userCode: string): Promise<boolean> {
  if (endpointOf((await call.channelName()) ?? '') !== extension) {
    return false
  }
  const { callId, signal } = call
  try {
    return await call.line.waitFor(call.ticketApi.confirmExtension({ extension, userCode, callId }, signal))
  } catch (error) {
    if (error instanceof HelpdeskError && !error.retryable) {
      call.log.warn({ err: error }, 'the API does not let extensions identify')
      return false
    }
    throw error
  }
}

function welcome(call: Call, { usuario, nome, url, nome_audio }: Owner): 'ask-ticket' | 'choose-category' {
  const name = Promise.resolve({ status: true as const, nome, url, nome_audio })
  call.person = { userCode: usuario, name, verified: true, byExtension: true }
  return call.purpose === 'query-ticket' ? 'ask-ticket' : 'choose-category'
}
