import type { SpeechService } from '../speech/speech-service.ts'
import { noReasons } from '../speech/speech-report.ts'

const AUDIO_NAME = `${'0'.repeat(64)}.wav`

/** Speech that has every text's audio already, as for a text in its cache, and costs nothing: for load that isn't about speech. */
export const silentSpeech: SpeechService = {
  speak: async () => ({ audioName: AUDIO_NAME }),
  open: async () => null,
  remove: async () => false,
  isAudioName: (name) => name === AUDIO_NAME,
  sweep: async () => ({ expired: 0, evicted: 0, bytes: 0 }),
  stats: () => ({
    synthesized: 0,
    characters: 0,
    cacheHits: 0,
    joined: 0,
    failures: 0,
    silences: noReasons(),
    fallbacks: noReasons(),
    breakers: [],
    isStorageFailing: false,
  }),
  close: async () => {},
}
