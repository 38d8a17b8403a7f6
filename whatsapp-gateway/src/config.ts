import { type Configuration, type Environment, readConfiguration } from '@ura/core/configuration'
import { logLevels } from '@ura/core/logger'
import { choice, integer, mysqlUrl, optional, port, secret, text, timeZone } from '@ura/core/settings'
import { cloudApiFaults, cloudApiSettings } from './drivers/cloud-api/settings.ts'
import { emailFaults, emailSettings } from './drivers/email/settings.ts'
import { venomSettings } from './drivers/venom/settings.ts'
import { alertSettings } from './health/alert-settings.ts'
import { inboundSettings } from './inbound/settings.ts'
import { fallbackSettings } from './outbox/fallback-settings.ts'
import { quietHoursSetting } from './outbox/quiet-hours.ts'

/** Every environment variable of the gateway. */
export const gatewaySettings = {
  port: port('GATEWAY_PORT', { description: 'Port the gateway listens on', default: 3001 }),
  host: text('GATEWAY_HOST', { description: 'Address the gateway listens on', default: '127.0.0.1' }),
  token: secret('GATEWAY_TOKEN', { description: 'Token that clients of the gateway present' }),
  adminToken: optional(
    secret('GATEWAY_ADMIN_TOKEN', { description: 'Token of the admin page; unset = there is no admin page' }),
  ),
  dataDir: text('DATA_DIR', { description: 'Folder of the data files', default: './data' }),
  databaseUrl: optional(
    mysqlUrl('GATEWAY_DATABASE_URL', {
      description:
        'Outbox in MySQL or MariaDB, as mysql://user:password@host:3306/database; unset: a file in DATA_DIR',
    }),
  ),
  driver: choice('WHATSAPP_DRIVER', {
    description:
      'Connection to WhatsApp: console prints messages and keeps them, cloud-api is Meta (docs/whatsapp-cloud-api.md), venom is WhatsApp Web (docs/whatsapp-venom.md)',
    words: ['console', 'cloud-api', 'venom'],
    default: 'console',
  }),
  timeZone: timeZone('TIME_ZONE', {
    description: 'Time zone of the times told to people',
    default: 'America/Sao_Paulo',
  }),
  logLevel: choice('LOG_LEVEL', {
    description: 'Least level that is logged',
    words: logLevels,
    default: 'info',
  }),
  queuedMax: integer('GATEWAY_QUEUED_MAX', {
    description: 'Messages that may wait to be sent; more are refused with 429',
    min: 1,
    max: 1_000_000,
    default: 10_000,
  }),
  sendTimeoutMs: integer('GATEWAY_SEND_TIMEOUT_MS', {
    description: 'Longest wait for the answer to one send, in ms; its message is unknown afterwards',
    min: 100,
    max: 120_000,
    default: 30_000,
  }),
  triesMax: integer('GATEWAY_TRIES_MAX', {
    description: 'Tries to send a message that is known unsent, the first included',
    min: 1,
    max: 20,
    default: 5,
  }),
  retryDelayMs: integer('GATEWAY_RETRY_DELAY_MS', {
    description: 'Delay before the second try, in ms; it doubles with every further one, up to 30 s',
    min: 10,
    max: 30_000,
    default: 1_000,
  }),
  retentionDays: integer('GATEWAY_RETENTION_DAYS', {
    description: 'Days after which settled messages and their idempotency keys are forgotten',
    min: 2,
    max: 3_650,
    default: 30,
  }),
  quietHours: quietHoursSetting,
  ...inboundSettings,
  ...cloudApiSettings,
  ...alertSettings,
  ...venomSettings,
  ...emailSettings,
  ...fallbackSettings,
} as const

export type GatewayConfiguration = Configuration<typeof gatewaySettings>

/** @throws ConfigurationError naming every variable at fault. */
export function readGatewayConfiguration(environment: Environment): GatewayConfiguration {
  return readConfiguration(gatewaySettings, environment, (config) => [
    ...cloudApiFaults(config),
    ...emailFaults(config),
  ])
}
