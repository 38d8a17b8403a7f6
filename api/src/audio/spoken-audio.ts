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
  /** Told when an answer goes without an audio that took too long. */
  onLate?: () => void
  waitMs?: number
}): SpokenAudioSource {
  const { speech, publicUrl, log, onLate = () => {}, waitMs = audioWaitMs } = options
  return async (request, requestId) => {
    const spoken = await withinWait(
      speech.speak(request).catch((error: unknown) => {
        log.warn({ err: error, kind: request.kind, requestId }, 'text could not be spoken')
        return null
      }),
      waitMs,
    )
    if (spoken === late) {
      onLate()
    }
    if (spoken === null || spoken === late) {
      log.debug({ kind: request.kind, requestId, isLate: spoken === late }, 'answered without audio')
      return noAudio
    }
    return { url: `${publicUrl()}/audio/${spoken.audioName}`, nome_audio: spoken.audioName }
  }
}

const late = Symbol('late')

async function withinWait<T>(work: Promise<T>, waitMs: number): Promise<T | typeof late> {
  const { promise: waited, resolve } = Promise.withResolvers<typeof late>()
  const timer = setTimeout(() => resolve(late), waitMs)
  try {
    return await Promise.race([work, waited])
  } finally {
    clearTimeout(timer)
  }
}
