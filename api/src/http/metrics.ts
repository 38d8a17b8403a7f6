import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { readFileSync } from 'node:fs'
import { measureDatabase } from '../database/database-metrics.ts'
import type { Database } from '../database/schema.ts'
import type { SpeechService } from '../speech/speech-service.ts'
import type { HttpServer } from '@ura/core/http/server'
import type { Dependencies } from './dependencies.ts'
import { measureDependencies } from './dependency-metrics.ts'
import { measureSpeech } from './speech-metrics.ts'

/** What the API counts; one registry an API, so that several can live in one process. */
export interface ApiMetrics {
  readonly registry: Registry
  readonly signIns: Counter
  readonly refusals: Counter<'event'>
  readonly accessCodes: Counter<'result'>
  readonly codeChecks: Counter<'result'>
  readonly tickets: Counter
  readonly ticketMessages: Counter<'result'>
  readonly speechLate: Counter
  readonly requestSeconds: Histogram<'method' | 'route' | 'status'>
}

export function createMetrics(options: {
  speech: SpeechService
  db: Database
  dependencies: Dependencies
}): ApiMetrics {
  const registry = new Registry()
  const registers = [registry]
  measureSpeech(registry, options.speech)
  measureDatabase(registry, options.db)
  measureDependencies(registry, options.dependencies)
  buildInfo(registry)
  return {
    registry,
    signIns: new Counter({ name: 'ura_sign_ins_total', help: 'Sessions opened', registers }),
    refusals: new Counter({
      name: 'ura_refusals_total',
      help: 'Requests refused for who sent them or how often, by event of the audit log',
      labelNames: ['event'],
      registers,
    }),
    accessCodes: new Counter({
      name: 'ura_access_codes_total',
      help: 'Access codes asked for, by result: sent, not_sent, limited',
      labelNames: ['result'],
      registers,
    }),
    codeChecks: new Counter({
      name: 'ura_access_code_checks_total',
      help: 'Access codes keyed, by result: right, incorreto, expirado, bloqueado',
      labelNames: ['result'],
      registers,
    }),
    tickets: new Counter({ name: 'ura_tickets_opened_total', help: 'Tickets opened', registers }),
    ticketMessages: new Counter({
      name: 'ura_ticket_messages_total',
      help: 'Tries to hand a notice of a ticket to the gateway, by result: sent, failed',
      labelNames: ['result'],
      registers,
    }),
    speechLate: new Counter({
      name: 'ura_speech_late_total',
      help: 'Answers without audio because it took over 3.5 s; it is there for the next call',
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'ura_api_request_duration_seconds',
      help: 'Time to answer a request',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
      registers,
    }),
  }
}

/** Measures every request of the server. */
export function measureRequests(server: HttpServer, metrics: ApiMetrics): void {
  server.addHook('onResponse', async (request, reply) => {
    const labels = {
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: String(reply.statusCode),
    }
    metrics.requestSeconds.observe(labels, reply.elapsedTime / 1000)
  })
}

/** The version is the API's own, of its package.json. */
function buildInfo(registry: Registry): void {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(text) as { version: string }
  new Gauge({
    name: 'ura_api_build_info',
    help: 'Always 1; tells version and Node',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version, node: process.version }, 1)
}
