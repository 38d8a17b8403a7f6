import { askMenu } from '../call/question.ts'
import { prompt, speech } from '../call/sound.ts'
import { digitPrompts } from '../prompts/ids.ts'
import { personOf } from './person-of.ts'
import type { Step } from './step.ts'

/** The name on file is spoken: 1 it is me, 2 it isn't. Without speech the question is asked without the name. */
export const confirmIdentity: Step = async (call) => {
  const { name: speaking, userCode } = personOf(call)
  const url = (await call.line.waitFor(speaking))?.url ?? null
  // By the time that its address turns out to give nothing, the sentence has begun: the code that was keyed ends it.
  const otherwise = url === null ? [] : digitPrompts(userCode).map(prompt)
  const spoken = speech(call, 'name', url, otherwise)
  const answer = await askMenu(call, {
    sounds: [
      ...(spoken.length > 0 ? [prompt('confirm-name-before'), ...spoken] : []),
      prompt('confirm-name-after'),
    ],
    choices: { 1: 'yes', 2: 'no' },
  })
  if (answer === 'yes') {
    return 'choose-category'
  }
  if (answer === 'no') {
    call.recorder.happened('declined')
    await call.line.say(prompt('identity-declined'))
    return 'goodbye'
  }
  await call.line.say(prompt('too-many-tries'))
  return 'give-up'
}
