import { ConfigurationError } from '@ura/core/configuration'
import { createEspeakSynthesizer, type EspeakSynthesizer } from './espeak-synthesizer.ts'
import { createApiGatewaySynthesizer } from './polly/api-gateway-synthesizer.ts'
import { createLambdaSynthesizer } from './polly/lambda-synthesizer.ts'
import { apiKeySigner, iamSigner } from './polly/request-signature.ts'
import {
  brazilianLexicon,
  brazilianLexiconWith,
  LexiconError,
  type PronunciationLexicon,
} from './pronunciation-lexicon.ts'
import type { SynthesizerConfiguration } from './synthesizer-settings.ts'
import type { Synthesizer } from './synthesizer.ts'

/** A synthesizer and the voice that it is to speak with. */
export interface ChosenVoice {
  synthesizer: Synthesizer
  voice: string
}

/** The embedded voice's name when no other is asked for. */
export const espeakVoice = 'pt-br'
const pollyVoice = 'Camila'

/**
 * Who speaks by the configuration, whose settings were checked as they were read: the embedded voice, or Amazon Polly.
 *
 * @throws ConfigurationError when the lexicon can't be used
 */
export function createChosenVoice(config: SynthesizerConfiguration): ChosenVoice {
  const polly = pollyOf(config)
  return polly === null
    ? { synthesizer: createEmbeddedSynthesizer(config), voice: config.speechVoice ?? espeakVoice }
    : { synthesizer: polly, voice: config.speechVoice ?? pollyVoice }
}

/**
 * The embedded voice with the configured pronunciation.
 *
 * @throws ConfigurationError when the lexicon can't be used
 */
export function createEmbeddedSynthesizer(config: SynthesizerConfiguration): EspeakSynthesizer {
  return createEspeakSynthesizer({ lexicon: configuredLexicon(config) })
}

/**
 * How the embedded voice pronounces words: ours, and the administrator's own before it.
 *
 * @throws ConfigurationError when the file can't be used
 */
export function configuredLexicon({ speechLexicon }: SynthesizerConfiguration): PronunciationLexicon {
  try {
    return speechLexicon === undefined ? brazilianLexicon() : brazilianLexiconWith(speechLexicon)
  } catch (error) {
    throw error instanceof LexiconError ? new ConfigurationError([`SPEECH_LEXICON ${error.message}`]) : error
  }
}

/** The way to Amazon Polly; null when the embedded voice is to speak. */
function pollyOf(config: SynthesizerConfiguration): Synthesizer | null {
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
