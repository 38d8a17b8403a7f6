import type { DialplanStep } from './dialplan-step.ts'

/** `remove-audio`: removes an audio that an earlier step named in `audio_name`. */
export const removeAudio: DialplanStep<'audio'> = {
  parameters: ['audio'],
  unset: {},
  run: async (call, { audio }) => {
    const removed = await call.line.waitFor(call.ticketApi.removeAudio(audio, call.signal))
    return { URA_RESULT: removed ? 'ok' : 'not_found' }
  },
}
