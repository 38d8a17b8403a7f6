import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import type { ApiConfiguration } from '../config.ts'
import { createEspeakSynthesizer } from './espeak-synthesizer.ts'
import { createFallbackSpeech } from './fallback-speech.ts'
import { createApiGatewaySynthesizer } from './polly/api-gateway-synthesizer.ts'
import { createLambdaSynthesizer } from './polly/lambda-synthesizer.ts'
import { apiKeySigner, iamSigner } from './polly/request-signature.ts'
import { createSpeechService, type SpeechService, type VoiceSpeech } from './speech-service.ts'
import type { Synthesizer } from './synthesizer.ts'

const espeakVoice = 'pt-br'
const pollyVoice = 'Camila'

/**
 * The speech that the configuration asks for: the embedded voice, or Amazon Polly with the embedded one behind it.
 *
 * @param dependencies.synthesizer Speaks in the embedded voice's place.
 */
export function createConfiguredSpeech(
  config: ApiConfiguration,
  dependencies: { clock: Clock; log: Logger; synthesizer?: Synthesizer },
): SpeechService {
  const { clock, log, synthesizer: embedded = createEspeakSynthesizer() } = dependencies
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
  const polly = pollyOf(config)
  if (polly === null) {
    return speechBy(embedded, config.speechVoice ?? espeakVoice)
  }
  const preferred = speechBy(polly, config.speechVoice ?? pollyVoice)
  return createFallbackSpeech({ preferred, fallback: speechBy(embedded, espeakVoice) }, log)
}

/** The way to Amazon Polly; null when the embedded voice is to speak. Its settings were checked as they were read. */
function pollyOf(config: ApiConfiguration): Synthesizer | null {
  const { speechSynthesizer, speechUrl = '', speechFunction = '', awsRegion: region = '' } = config
  const engine = config.speechEngine
  switch (speechSynthesizer) {
    case 'api-gateway': {
      const key = config.speechApiKey
      const authorize = key === undefined ? iamSigner({ region }) : apiKeySigner(key)
      return createApiGatewaySynthesizer({ url: speechUrl, engine, authorize })
    }
    case 'lambda':
      return createLambdaSynthesizer({ functionName: speechFunction, engine, client: { region } })
    case 'espeak':
    default:
      return null
  }
}
