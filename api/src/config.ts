import {
  type Configuration,
  type Environment,
  readConfiguration,
  type Setting,
} from '@ura/core/configuration'
import { isMysqlUrl } from '@ura/core/database/mysql-session'
import { extensionFaults, extensionSettings } from '@ura/core/extension-patterns'
import { logLevels } from '@ura/core/logger'
import {
  choice,
  flag,
  httpUrl,
  integer,
  networks,
  optional,
  port,
  secret,
  text,
  timeZone,
} from '@ura/core/settings'
import { synthesizerFaults, synthesizerSettings } from './speech/synthesizer-settings.ts'

const loopback = '127.0.0.0/8,::1/128'

/** Where the data is and how long it stays: all that the administrator's commands need. */
const storageSettings = {
  dataFolder: text('DATA_DIR', {
    description: 'Folder of the database and the audio files',
    default: './data',
  }),
  databaseUrl: optional(
    databaseUrl(
      'DATABASE_URL',
      'Database, as mysql://user:password@host:3306/database or sqlite:/path; unset: a file in DATA_DIR',
    ),
  ),
  timeZone: timeZone('TIME_ZONE', {
    description: 'Time zone of office hours and spoken times',
    default: 'America/Sao_Paulo',
  }),
  speechPersonalDays: integer('SPEECH_PERSONAL_DAYS', {
    description: 'Days unused after which audio of names and protocols is removed',
    default: 30,
    min: 1,
    max: 3_650,
  }),
  retentionCodeDays: integer('RETENTION_CODE_DAYS', {
    description: 'Days after which records of access codes are removed',
    default: 30,
    min: 1,
    max: 3_650,
  }),
  retentionCallDays: integer('RETENTION_CALL_DAYS', {
    description: 'Days after which records of calls are removed',
    default: 365,
    min: 1,
    max: 3_650,
  }),
  retentionVoiceNoteDays: integer('RETENTION_VOICE_NOTE_DAYS', {
    description: 'Days after which what callers said about their tickets is removed',
    default: 90,
    min: 1,
    max: 3_650,
  }),
  retentionAuditDays: integer('RETENTION_AUDIT_DAYS', {
    description: 'Days after which rows of the audit log are removed',
    default: 1_825,
    min: 30,
    max: 36_500,
  }),
}

/** Every setting of the ticket API. */
export const apiSettings = {
  ...storageSettings,
  port: port('API_PORT', { description: 'TCP port of the ticket API', default: 3000 }),
  databaseConnections: integer('DATABASE_CONNECTIONS', {
    description: 'Connections to MySQL or MariaDB that one API holds at most',
    default: 10,
    min: 1,
    max: 200,
  }),
  host: text('API_HOST', { description: 'Address the ticket API listens on', default: '127.0.0.1' }),
  publicUrl: optional(
    httpUrl('API_PUBLIC_URL', {
      description: 'Address under which Asterisk fetches audio; unset: the listening address',
    }),
  ),
  secret: secret('API_SECRET', { description: 'Key of the hashes of access codes and audio names' }),
  gatewayUrl: httpUrl('GATEWAY_URL', {
    description: 'Address of the WhatsApp gateway',
    default: 'http://127.0.0.1:3001',
  }),
  gatewayToken: secret('GATEWAY_TOKEN', { description: 'Token of the WhatsApp gateway' }),
  firstClientToken: optional(
    secret('HELPDESK_API_TOKEN', {
      description: 'Token of the first client, "telefonia"; unset: no such client',
    }),
  ),
  firstClientNetworks: networks('HELPDESK_API_NETWORKS', {
    description: 'Networks the first client may call from',
    default: loopback,
  }),
  sessionHours: integer('SESSION_HOURS', {
    description: 'How long a session lasts',
    default: 12,
    min: 1,
    max: 168,
  }),
  sessionCacheSeconds: integer('SESSION_CACHE_SECONDS', {
    description:
      'How long a session is not asked for again, and a revoked one good for at most; 0 asks each time',
    default: 2,
    min: 0,
    max: 60,
  }),
  trustedProxies: optional(
    networks('TRUSTED_PROXIES', { description: 'Proxies whose X-Forwarded-For is believed; unset: none' }),
  ),
  audioNetworks: networks('AUDIO_NETWORKS', {
    description: 'Networks that may fetch audio',
    default: loopback,
  }),
  metricsNetworks: networks('METRICS_NETWORKS', {
    description: 'Networks that may read /metrics',
    default: loopback,
  }),
  webhookNetworks: optional(
    networks('WEBHOOK_NETWORKS', {
      description: 'Networks that are not public and webhooks may call; unset: public addresses only',
    }),
  ),
  requestsPerMinute: integer('API_REQUESTS_PER_MINUTE', {
    description: 'Requests a minute from one address',
    default: 12_000,
    min: 1,
    max: 1_000_000,
  }),
  eventLoopDelayMaxMs: integer('API_EVENT_LOOP_DELAY_MAX_MS', {
    description: 'Delay of the event loop past which requests are refused with 503',
    default: 3_000,
    min: 50,
    max: 60_000,
  }),
  heapMaxMegabytes: integer('API_HEAP_MAX_MEGABYTES', {
    description: 'JavaScript heap past which requests are refused with 503; 0: no bound',
    default: 0,
    min: 0,
    max: 1_000_000,
  }),
  memoryMaxMegabytes: integer('API_MEMORY_MAX_MEGABYTES', {
    description: 'Memory of the process past which requests are refused with 503; 0: no bound',
    default: 0,
    min: 0,
    max: 1_000_000,
  }),
  signInsPerMinute: integer('API_SIGN_INS_PER_MINUTE', {
    description: 'Sign-ins a minute from one address',
    default: 30,
    min: 1,
    max: 10_000,
  }),
  accessCodeDigits: integer('ACCESS_CODE_DIGITS', {
    description: 'Digits of an access code',
    default: 4,
    min: 4,
    max: 8,
  }),
  accessCodeMinutes: integer('ACCESS_CODE_MINUTES', {
    description: 'How long an access code is valid',
    default: 5,
    min: 1,
    max: 60,
  }),
  accessCodeTries: integer('ACCESS_CODE_TRIES', {
    description: 'Wrong tries that end an access code',
    default: 5,
    min: 1,
    max: 20,
  }),
  accessCodesPerWindow: integer('ACCESS_CODES_PER_WINDOW', {
    description: 'Access codes a user may have sent within LIMIT_WINDOW_MINUTES',
    default: 3,
    min: 1,
    max: 50,
  }),
  accessCodeWrongTriesPerDay: integer('ACCESS_CODE_WRONG_TRIES_PER_DAY', {
    description: 'Wrong tries within 24 h after which a user gets no more access codes until they are past',
    default: 30,
    min: 5,
    max: 1_000,
  }),
  wrongRegistrationsPerWindow: integer('WRONG_REGISTRATIONS_PER_WINDOW', {
    description: 'Wrong registration codes a calling number may key within LIMIT_WINDOW_MINUTES',
    default: 10,
    min: 1,
    max: 1_000,
  }),
  limitWindowMinutes: integer('LIMIT_WINDOW_MINUTES', {
    description: 'Window of the two limits above',
    default: 15,
    min: 1,
    max: 1_440,
  }),
  ...extensionSettings,
  extensionClients: text('EXTENSION_CLIENTS', {
    description: 'Clients that are believed when they say which extension calls, separated by commas',
    default: 'telefonia',
  }),
  ...synthesizerSettings,
  speechCacheMegabytes: integer('SPEECH_CACHE_MEGABYTES', {
    description: 'Size at which the least recently used audio is removed',
    default: 256,
    min: 1,
    max: 100_000,
  }),
  sampleUsers: flag('SAMPLE_USERS', {
    description: 'Add the sample users 1001 to 1006 when there are no users',
  }),
  logLevel: choice('LOG_LEVEL', {
    description: 'Least level that is logged',
    words: logLevels,
    default: 'info',
  }),
}

export type StorageConfiguration = Configuration<typeof storageSettings>
export type ApiConfiguration = Configuration<typeof apiSettings>

/**
 * The API's configuration.
 * @throws ConfigurationError with all faults
 */
export function readApiConfiguration(environment: Environment): ApiConfiguration {
  return readConfiguration(apiSettings, environment, (config) => [
    ...synthesizerFaults(config),
    ...extensionFaults(config),
  ])
}

/**
 * What the administrator's commands need of the same environment.
 * @throws ConfigurationError with all faults
 */
export function readStorageConfiguration(environment: Environment): StorageConfiguration {
  return readConfiguration(storageSettings, environment)
}

/** The database's address: as configured, or a file in the data folder. */
export function databaseUrlOf(config: StorageConfiguration): string {
  return config.databaseUrl ?? `sqlite:${config.dataFolder}/helpdesk.sqlite`
}

/** The address may hold a password, so it is never shown. */
function databaseUrl(variable: string, description: string): Setting<string> {
  return {
    ...text(variable, { description }),
    secret: true,
    parse(value) {
      if (!/^sqlite:.{1,1000}$/.test(value) && !isMysqlUrl(value)) {
        throw new Error(
          'must be sqlite: followed by a path, or mysql://user:password@host:port/database (percent-encoded)',
        )
      }
      return value
    },
  }
}
