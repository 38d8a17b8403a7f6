import { pino, type DestinationStream, type Logger } from 'pino'

export type { Logger }

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof levels)[number]
export const logLevels: readonly LogLevel[] = levels

/** Field names that must never reach a log, wherever a careless caller puts them (one level deep as well). */
const secretFields = [
  'accessCode',
  'authorization',
  'codigo',
  'digits',
  'keys',
  'otp',
  'password',
  'phone',
  'secret',
  'sessao',
  'telefone',
  'token',
]

/**
 * A JSON logger: one object a line, `time` in ISO 8601, secrets replaced by `[masked]`.
 * Messages are static; values go into fields.
 */
export function createLogger(options: {
  service: string
  level: LogLevel
  destination?: DestinationStream
}): Logger {
  const settings = {
    level: options.level,
    base: { service: options.service },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: secretFields.flatMap((field) => [field, `*.${field}`, `req.headers.${field}`]),
      censor: '[masked]',
    },
  }
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination)
}
