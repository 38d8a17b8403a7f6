import { soundFileOf, type PromptId } from '../../prompts/ids.ts'

/** The variables about a sound, as they are without one. */
export const noAudio = { audio_url_name: '', audio_name: '', URA_AUDIO_RECORDINGS: '' } as const

/**
 * The variables that let the dialplan play an answer: `audio_url_name` is the address of its speech, or the recordings
 * when there is none, in the form that Playback takes; `audio_name` names the speech for `remove-audio`;
 * `URA_AUDIO_RECORDINGS` is what to play when the address gives nothing.
 */
export function audioVariables(
  { url, nome_audio }: { url: string | null; nome_audio: string | null },
  recordings: readonly PromptId[],
): Record<keyof typeof noAudio, string> {
  const files = recordings.map(soundFileOf).join('&')
  return { audio_url_name: url ?? files, audio_name: nome_audio ?? '', URA_AUDIO_RECORDINGS: files }
}
