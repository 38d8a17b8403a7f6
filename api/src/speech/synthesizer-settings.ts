import {
  type Configuration,
  type Environment,
  readConfiguration,
  type Setting,
} from '@ura/core/configuration'
import { choice, httpUrl, optional, secret, text } from '@ura/core/settings'

/** Who speaks, and how: what the API and the prompt pack read alike. */
export const synthesizerSettings = {
  speechSynthesizer: choice('SPEECH_SYNTHESIZER', {
    description:
      'Who speaks: espeak (embedded), or Amazon Polly by its function (docs/aws-polly.md), over api-gateway or lambda',
    words: ['espeak', 'api-gateway', 'lambda'],
    default: 'espeak',
  }),
  speechVoice: optional(
    text('SPEECH_VOICE', {
      description: 'Voice of the synthesizer; unset: pt-br of eSpeak NG, Camila of Amazon Polly',
    }),
  ),
  speechEngine: optional(
    choice('SPEECH_ENGINE', {
      description:
        "Amazon Polly's engine; unset: neural, or standard where the voice or the region has no other",
      words: ['neural', 'standard', 'generative'],
    }),
  ),
  speechUrl: optional(
    confidentialUrl(
      'SPEECH_URL',
      'Address of the function behind API Gateway, for api-gateway; https, or http on this machine alone',
    ),
  ),
  speechApiKey: optional(
    secret('SPEECH_API_KEY', {
      description:
        'API key of API Gateway; unset: requests are signed with the credentials of the AWS SDK, for AWS_REGION',
    }),
  ),
  speechFunction: optional(
    text('SPEECH_FUNCTION', {
      description: 'Name or ARN of the function, for lambda; credentials as the AWS SDK finds them',
    }),
  ),
  awsRegion: optional(
    text('AWS_REGION', {
      description: 'Region of API Gateway (without an API key) and of Lambda, as sa-east-1',
    }),
  ),
  speechLexicon: optional(
    text('SPEECH_LEXICON', {
      description: 'File of own pronunciations for the embedded voice, lines as Bragagnolo = Branhólo',
    }),
  ),
  speechSampleRateHz: sampleRate(
    'SPEECH_SAMPLE_RATE',
    'Samples a second of the audio; 16000 for wideband phones',
  ),
}

export type SynthesizerConfiguration = Configuration<typeof synthesizerSettings>

/**
 * The settings of who speaks, for who needs no others.
 * @throws ConfigurationError with all faults
 */
export function readSynthesizerConfiguration(environment: Environment): SynthesizerConfiguration {
  return readConfiguration(synthesizerSettings, environment, synthesizerFaults)
}

/** What the chosen way to Amazon Polly needs and hasn't, one line a variable; empty when nothing. */
export function synthesizerFaults(config: SynthesizerConfiguration): string[] {
  const { speechSynthesizer, speechUrl, speechApiKey, speechFunction, awsRegion } = config
  switch (speechSynthesizer) {
    case 'api-gateway':
      return [
        ...(speechUrl === undefined ? ['SPEECH_URL: SPEECH_SYNTHESIZER=api-gateway needs it'] : []),
        ...(speechApiKey === undefined && awsRegion === undefined
          ? ['SPEECH_API_KEY: SPEECH_SYNTHESIZER=api-gateway needs it, or AWS_REGION to sign for']
          : []),
      ]
    case 'lambda':
      return [
        ...(speechFunction === undefined ? ['SPEECH_FUNCTION: SPEECH_SYNTHESIZER=lambda needs it'] : []),
        ...(awsRegion === undefined ? ['AWS_REGION: SPEECH_SYNTHESIZER=lambda needs it'] : []),
      ]
    case 'espeak':
    default:
      return []
  }
}

const loopbackHost = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** What goes there, an API key and names of people, is for nobody on the way to read. */
function confidentialUrl(variable: string, description: string): Setting<string> {
  const url = httpUrl(variable, { description })
  return {
    ...url,
    parse(value) {
      const address = url.parse(value)
      const { protocol, hostname } = new URL(address)
      if (protocol !== 'https:' && !loopbackHost.test(hostname)) {
        throw new Error(
          'must begin with https://: over http the API key and the names of callers could be read on the way',
        )
      }
      return address
    },
  }
}

function sampleRate(variable: string, description: string): Setting<8_000 | 16_000> {
  const words = choice(variable, { description, words: ['8000', '16000'], default: '8000' })
  return { ...words, parse: (value) => (words.parse(value) === '16000' ? 16_000 : 8_000) }
}
