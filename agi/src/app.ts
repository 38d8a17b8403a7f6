import { AgiRouter, createAgiServer } from 'asterisk-agi'
import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import { createTicketApiClient } from '@ura/core/ticket-api/client'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import { OfficeHours } from './call/office-hours.ts'
import type { AgiConfiguration } from './config.ts'
import { checkScript } from './scripts/check.ts'
import { routeStepScripts } from './scripts/dialplan-steps/step-scripts.ts'
import { type HelpdeskDependencies, helpdeskScript } from './scripts/helpdesk.ts'
import { surveyScript } from './scripts/survey.ts'

export interface AgiApp {
  listen(): Promise<{ host: string; port: number }>
  /** Calls in progress; records not yet kept. For tests and for a look from outside. */
  activity(): { calls: number; records: number }
  /** Takes no more calls, lets those in progress end (bounded), keeps their records. */
  close(): Promise<void>
}

export interface AgiAppDependencies {
  clock: Clock
  log: Logger
  /** Default: the HTTP client of the configured API. */
  ticketApi?: TicketApi
}

const attemptMs = 5_000

/** The FastAGI service, put together and not yet listening. */
export function createAgiApp(config: AgiConfiguration, { clock, log, ...given }: AgiAppDependencies): AgiApp {
  const ticketApi =
    given.ticketApi ??
    createTicketApiClient({
      baseUrl: config.ticketApiUrl,
      clientToken: config.ticketApiToken,
      budget: { totalMs: config.apiBudgetMs, attemptMs: Math.min(attemptMs, config.apiBudgetMs) },
    })
  const records = new Set<Promise<void>>()
  const shared = {
    ticketApi,
    officeHours: new OfficeHours(ticketApi, clock),
    clock,
    log,
    times: { firstDigitMs: config.firstDigitMs, betweenDigitsMs: config.betweenDigitsMs },
  }
  const dependencies: HelpdeskDependencies = {
    ...shared,
    tries: config.tries,
    extensions: config,
    offersInformation: config.informationMenu === 'on',
    asksSatisfaction: config.satisfactionSurvey === 'on',
    inBackground: (work) => {
      records.add(work)
      void work.finally(() => records.delete(work))
    },
  }
  const server = createAgiServer({
    router: routeStepScripts(
      new AgiRouter()
        .script('helpdesk', helpdeskScript(dependencies))
        .script('survey', surveyScript(dependencies))
        .script('check', checkScript),
      { ...shared, apiBudgetMs: config.apiBudgetMs },
    ),
    maxCalls: config.maxCalls,
    onError: (error, call) =>
      log.error({ err: error, channel: call?.environment.channel }, 'call handler failed'),
    onEvent: (event) => {
      if (event.type === 'call-refused') {
        log.warn({ reason: event.reason }, 'call refused')
      }
    },
  })
  return {
    listen: () => server.listen({ port: config.port, host: config.host }),
    activity: () => ({ calls: server.activeCalls, records: records.size }),
    close: async () => {
      await server.close({ drainMs: config.drainMs })
      await Promise.all(records)
    },
  }
}
