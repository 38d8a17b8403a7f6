import type { Logger } from '@ura/core/logger'
import type { SpeechRequest, SpeechService } from '../speech/speech-service.ts'

/** Where a spoken text can be fetched; both null when it can't be had. */
export interface SpokenAudio {
  url: string | null
  nome_audio: string | null
}

/** Turns a text into an address that Asterisk fetches; never fails and never takes longer than its limit. */
export type SpokenAudioSource = (request: SpeechRequest, requestId?: string) => Promise<SpokenAudio>

/** What an answer says when there is nothing to play. */
export const noAudio: SpokenAudio = { url: null, nome_audio: null }

/** How long an answer waits for its audio, well within one attempt of a client; the synthesis goes on and is cached. */
const audioWaitMs = 3_500

export function createSpokenAudio(options: {
  speech: SpeechService
  /** Base address of `/audio`, asked for at each use: it may be known only after listening. */
  publicUrl: () => string
  log: Logger
  waitMs?: number
}): SpokenAudioSource {
  const { speech, publicUrl, log, waitMs = audioWaitMs } = options
  return async (request, requestId) => {
    const spoken = await withinWait(
      speech.speak(request).catch((error: unknown) => {
        log.warn({ err: error, kind: request.kind, requestId }, 'text could not be spoken')
        return null
      }),
      waitMs,
    )
    if (spoken === null) {
      log.info({ kind: request.kind, requestId }, 'answered without audio')
    }
    return spoken === null
      ? noAudio
      : { url: `${publicUrl()}/audio/${spoken.audioName}`, nome_audio: spoken.audioName }
  }
}

async function withinWait<T>(work: Promise<T | null>, waitMs: number): Promise<T | null> {
  const { promise: waited, resolve } = Promise.withResolvers<null>()
  const timer = setTimeout(() => resolve(null), waitMs)
  try {
    return await Promise.race([work, waited])
  } finally {
    clearTimeout(timer)
  }
}
