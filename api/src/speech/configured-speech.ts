import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import type { ApiConfiguration } from '../config.ts'
import { createChosenVoice, createEmbeddedSynthesizer, espeakVoice } from './configured-synthesizer.ts'
import { createFallbackSpeech } from './fallback-speech.ts'
import { createSpeechService, type SpeechService } from './speech-service.ts'
import type { Synthesizer } from './synthesizer.ts'

/**
 * The speech that the configuration asks for: the embedded voice, or Amazon Polly with the embedded one behind it.
 *
 * @param dependencies.synthesizer Speaks instead of either.
 * @throws ConfigurationError when the lexicon can't be used
 */
export function createConfiguredSpeech(
  config: ApiConfiguration,
  { clock, log, synthesizer }: { clock: Clock; log: Logger; synthesizer?: Synthesizer },
): SpeechService {
  const speechBy = (by: Synthesizer, voice: string): SpeechService =>
    createSpeechService({
      folder: `${config.dataFolder}/audio`,
      synthesizer: by,
      secret: config.secret,
      clock,
      log,
      voice,
      sampleRateHz: config.speechSampleRateHz,
      maxBytes: config.speechCacheMegabytes * 1024 * 1024,
      personalDays: config.speechPersonalDays,
    })
  if (synthesizer !== undefined) {
    return speechBy(synthesizer, config.speechVoice ?? espeakVoice)
  }
  const chosen = createChosenVoice(config)
  const preferred = speechBy(chosen.synthesizer, chosen.voice)
  return config.speechSynthesizer === 'espeak'
    ? preferred
    : createFallbackSpeech(
        { preferred, fallback: speechBy(createEmbeddedSynthesizer(config), espeakVoice) },
        log,
      )
}
