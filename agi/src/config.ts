import { join, resolve } from 'node:path'
import {
  readConfiguration,
  type Configuration,
  type Environment,
  type Setting,
} from '@ura/core/configuration'
import { extensionFaults, extensionSettings } from '@ura/core/extension-patterns'
import { logLevels } from '@ura/core/logger'
import { choice, flag, httpUrl, integer, optional, port, secret, text } from '@ura/core/settings'

/** Settings of the FastAGI service; defaults of the caller's limits are those of the call flow's specification. */
export const agiSettings = {
  port: port('AGI_PORT', { default: 4573, description: 'FastAGI port; 0 picks a free one' }),
  host: text('AGI_HOST', {
    default: '127.0.0.1',
    description: 'address to listen on; FastAGI has no password',
  }),
  ticketApiUrl: httpUrl('TICKET_API_URL', {
    default: 'http://127.0.0.1:3000',
    description: 'address of the ticket API',
  }),
  ticketApiToken: secret('HELPDESK_API_TOKEN', { description: "this client's token at the ticket API" }),
  maxCalls: integer('AGI_MAX_CALLS', {
    default: 500,
    min: 1,
    max: 20_000,
    description: 'calls at once; past it a call is refused, so that the dialplan tries the next server',
  }),
  drainMs: integer('AGI_DRAIN_MS', {
    default: 10_000,
    min: 0,
    max: 600_000,
    description: 'how long a stop waits for calls in progress, in milliseconds',
  }),
  firstDigitMs: integer('FIRST_DIGIT_MS', {
    default: 7_000,
    min: 1_000,
    max: 60_000,
    description: 'how long a question waits for the first key, in milliseconds',
  }),
  betweenDigitsMs: integer('BETWEEN_DIGITS_MS', {
    default: 4_000,
    min: 500,
    max: 60_000,
    description: 'how long a number may pause between keys, in milliseconds',
  }),
  tries: integer('QUESTION_TRIES', {
    default: 3,
    min: 1,
    max: 9,
    description: 'how often a question is asked before the call goes on without its answer',
  }),
  apiBudgetMs: integer('API_BUDGET_MS', {
    default: 15_000,
    min: 1_000,
    max: 15_000,
    description: 'time for one step at the ticket API, retries included, in milliseconds',
  }),
  ...extensionSettings,
  informationMenu: choice('INFORMATION_MENU', {
    default: 'on',
    words: ['off', 'on'],
    description:
      'on: key 4 of the main menu, whenever the API has announcements; off: callers never hear of them',
  }),
  satisfactionSurvey: choice('SATISFACTION_SURVEY', {
    default: 'off',
    words: ['off', 'on'],
    description:
      'on: callers may rate a resolved ticket after its status, and a call with a technician (URA_SURVEY in the dialplan)',
  }),
  dataFolder: text('DATA_DIR', { default: './data', description: 'Folder of the data files' }),
  spoolFolder: optional(
    text('AGI_SPOOL_DIR', {
      description:
        'folder of what the ticket API could not take, for this FastAGI service alone; unset: agi-spool in DATA_DIR',
    }),
  ),
  spoolRequestsMax: integer('AGI_SPOOL_MAX', {
    default: 2_000,
    min: 10,
    max: 20_000,
    description:
      'requests that the spool holds, dead letters included; full, callers are not told that one is registered',
  }),
  httpPort: optional(
    port('AGI_HTTP_PORT', {
      description: 'port of /healthz, /readyz and /metrics; unset: none; 0 picks a free one',
    }),
  ),
  httpHost: text('AGI_HTTP_HOST', {
    default: '127.0.0.1',
    description: 'address on which they listen; they have no password',
  }),
  voiceNotes: flag('VOICE_NOTES', {
    description: 'whether callers are asked to describe the problem with their voice',
  }),
  voiceNoteSecondsMax: integer('VOICE_NOTE_SECONDS_MAX', {
    default: 60,
    min: 5,
    max: 60,
    description: 'the longest description, in seconds',
  }),
  audioSocketPort: port('AUDIOSOCKET_PORT', {
    default: 9092,
    description: "port for the callers' voices, open only with VOICE_NOTES; 0 picks a free one",
  }),
  audioSocketHost: text('AUDIOSOCKET_HOST', {
    default: '127.0.0.1',
    description:
      'address to listen on for them; neither encrypted nor with a password, for a local network alone',
  }),
  audioSocketAddress: optional(
    hostAndPort('AUDIOSOCKET_ADDRESS', {
      description: 'host:port at which Asterisk reaches that port; unset: AUDIOSOCKET_HOST and the port',
    }),
  ),
  logLevel: choice('LOG_LEVEL', {
    default: 'info',
    words: logLevels,
    description: 'least level that is logged',
  }),
}

export type AgiConfiguration = Configuration<typeof agiSettings>

/** Where the spool lies. */
export function spoolPathOf({
  dataFolder,
  spoolFolder,
}: Pick<AgiConfiguration, 'dataFolder' | 'spoolFolder'>): string {
  return resolve(spoolFolder ?? join(dataFolder, 'agi-spool'))
}

/** @throws ConfigurationError with every fault at once. */
export function readAgiConfiguration(environment: Environment): AgiConfiguration {
  return readConfiguration(agiSettings, environment, (config) => [
    ...extensionFaults(config),
    ...audioSocketFaults(config),
  ])
}

/** What is wrong between the settings of the voice notes, one line a variable. */
export function audioSocketFaults(config: AgiConfiguration): readonly string[] {
  const isEverywhere = config.audioSocketHost === '0.0.0.0' || config.audioSocketHost === '::'
  return config.voiceNotes && isEverywhere && config.audioSocketAddress === undefined
    ? [`AUDIOSOCKET_ADDRESS is not set: Asterisk can't be sent to ${config.audioSocketHost}`]
    : []
}

/** A host and a port as Asterisk takes them: nothing that could end an argument of the dialplan. */
function hostAndPort(variable: string, options: { description: string }): Setting<string> {
  return {
    ...text(variable, options),
    parse: (value) => {
      if (!/^(?:[\w.-]{1,200}|\[[\da-fA-F:.]{2,45}\]):\d{1,5}$/.test(value)) {
        throw new Error('must be host:port, as 192.0.2.10:9092')
      }
      return value
    },
  }
}
