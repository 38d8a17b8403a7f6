import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import type { ApiConfiguration } from '../config.ts'
import { createChosenVoice, createEmbeddedSynthesizer, espeakVoice } from './configured-synthesizer.ts'
import { createFallbackSpeech } from './fallback-speech.ts'
import { createSpeechService, type SpeechService, type VoiceSpeech } from './speech-service.ts'
import type { Synthesizer } from './synthesizer.ts'

/**
 * The speech that the configuration asks for: the embedded voice, or Amazon Polly with the embedded one behind it.
 *
 * @param dependencies.synthesizer Speaks in the embedded voice's place.
 * @throws ConfigurationError when the lexicon can't be used
 */
export function createConfiguredSpeech(
  config: ApiConfiguration,
  dependencies: { clock: Clock; log: Logger; synthesizer?: Synthesizer },
): SpeechService {
  const { clock, log, synthesizer: embedded = createEmbeddedSynthesizer(config) } = dependencies
  const speechBy = (synthesizer: Synthesizer, voice: string): VoiceSpeech =>
    createSpeechService({
      folder: `${config.dataFolder}/audio`,
      synthesizer,
      secret: config.secret,
      clock,
      log,
      voice,
      sampleRateHz: config.speechSampleRateHz,
      maxBytes: config.speechCacheMegabytes * 1024 * 1024,
      personalDays: config.speechPersonalDays,
    })
  if (config.speechSynthesizer === 'espeak') {
    return speechBy(embedded, config.speechVoice ?? espeakVoice)
  }
  const chosen = createChosenVoice(config)
  const preferred = speechBy(chosen.synthesizer, chosen.voice)
  return createFallbackSpeech({ preferred, fallback: speechBy(embedded, espeakVoice) }, log)
}
