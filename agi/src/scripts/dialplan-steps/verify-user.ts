import { digitPrompts } from '../../prompts/ids.ts'
import { isKnownUser } from '../../requests/identity-requests.ts'
import type { DialplanStep } from './dialplan-step.ts'
import { audioVariables, noAudio } from './step-audio.ts'

/**
 * `verify-user`: whether a registration code exists; its owner's name as audio. The name is nobody's business until the
 * access code is verified: a dialplan plays it after that. Without speech there is no audio, as in the call flow.
 */
export const verifyUser: DialplanStep<'user'> = {
  parameters: ['user'],
  // Whoever is named now, it is not the one before.
  unset: { cod_user: '', cod_ver: '0', ...noAudio },
  run: async (call, { user }) => {
    if (!(await isKnownUser(call, user))) {
      return { URA_RESULT: 'not_found' }
    }
    // A name that can't be had is no reason to stop.
    const name = await call.line.waitFor(call.ticketApi.userSpeech(user, call.signal).catch(() => null))
    const spoken = name ?? { url: null, nome_audio: null }
    const recordings = spoken.url === null ? [] : digitPrompts(user)
    return { URA_RESULT: 'ok', cod_user: user, ...audioVariables(spoken, recordings) }
  },
}
