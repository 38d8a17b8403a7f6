import {
  type Configuration,
  type Environment,
  readConfiguration,
  type Setting,
} from '@ura/core/configuration'
import { integer } from '@ura/core/settings'

/** Polly takes five lexicons with a request, named as its PutLexicon says. */
const lexiconsMax = 5
const lexiconNamePattern = /^[0-9A-Za-z]{1,20}$/

const lexiconNames: Setting<readonly string[]> = {
  variable: 'LEXICON_NAMES',
  description: 'Pronunciation lexicons of Amazon Polly in this region, separated by commas, at most 5',
  secret: false,
  defaultText: '',
  parse(text) {
    const names = text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
    if (names.length > lexiconsMax || !names.every((name) => lexiconNamePattern.test(name))) {
      throw new Error('must be at most 5 names of 1 to 20 letters and digits, separated by commas')
    }
    return names
  },
}

/** Every environment variable of the function, besides what the AWS SDK reads for itself. */
const functionSettings = {
  lexiconNames,
  timeoutMs: integer('SYNTHESIS_TIMEOUT_MS', {
    description: 'Longest wait for Amazon Polly, in ms; the API that asks waits 4,000',
    min: 100,
    max: 25_000,
    default: 3_000,
  }),
}

/** @throws ConfigurationError with every fault. */
export function readConfig(environment: Environment): Configuration<typeof functionSettings> {
  return readConfiguration(functionSettings, environment)
}
