import type { Logger } from '@ura/core/logger'
import type { SpeechService } from './speech-service.ts'

/**
 * Speech by one voice and, while that can't be had, by another: a caller hears the plainer voice rather than nothing.
 * Both keep their files in one folder under names of their own, so that the first voice speaks again as soon as it can.
 *
 * Counts are those of both together; the breaker is the first one's.
 */
export function createFallbackSpeech(
  { preferred, fallback }: { preferred: SpeechService; fallback: SpeechService },
  log: Logger,
): SpeechService {
  return {
    async speak(request) {
      const spoken = await preferred.speak(request)
      if (spoken !== null) {
        return spoken
      }
      log.info({ kind: request.kind }, 'spoken by the fallback voice')
      return await fallback.speak(request)
    },
    // Names say nothing of the voice: whoever looks in the folder finds the files of both.
    open: (audioName) => preferred.open(audioName),
    remove: (audioName) => preferred.remove(audioName),
    isAudioName: (name) => preferred.isAudioName(name),
    sweep: () => preferred.sweep(),
    stats() {
      const [one, other] = [preferred.stats(), fallback.stats()]
      return {
        synthesized: one.synthesized + other.synthesized,
        characters: one.characters,
        cacheHits: one.cacheHits + other.cacheHits,
        joined: one.joined + other.joined,
        failures: other.failures,
        isBreakerOpen: one.isBreakerOpen,
      }
    },
    async close() {
      await Promise.all([preferred.close(), fallback.close()])
    },
  }
}
