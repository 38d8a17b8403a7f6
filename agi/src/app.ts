import { AgiRouter, createAgiServer } from 'asterisk-agi'
import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import { createTicketApiClient } from '@ura/core/ticket-api/client'
import type { Budget } from '@ura/core/ticket-api/retry'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import { OfficeHours } from './call/office-hours.ts'
import { type AgiConfiguration, spoolPathOf } from './config.ts'
import { createHealthServer } from './health/health-server.ts'
import { checkScript } from './scripts/check.ts'
import { routeStepScripts } from './scripts/dialplan-steps/step-scripts.ts'
import { type HelpdeskDependencies, helpdeskScript } from './scripts/helpdesk.ts'
import { surveyScript } from './scripts/survey.ts'
import { SpoolReplayer } from './spool/replayer.ts'
import { Spool, type SpoolState } from './spool/spool.ts'
import { AudioSocketServer } from './voice-note/audio-socket-server.ts'
import { VoiceRecorder } from './voice-note/voice-recorder.ts'

export interface AgiApp {
  /** `httpUrl` is that of health and metrics; null when AGI_HTTP_PORT is not set. */
  listen(): Promise<{ host: string; port: number; httpUrl: string | null }>
  /** Calls in progress; records not yet kept. For tests and for a look from outside. */
  activity(): { calls: number; records: number }
  /** What waits on this host for the API or an administrator. */
  spooled(): Promise<SpoolState>
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

/**
 * The FastAGI service, put together and not yet listening; it owns its spool from here to `close`.
 * @throws StartupError when the spool can't be opened
 */
export function createAgiApp(config: AgiConfiguration, { clock, log, ...given }: AgiAppDependencies): AgiApp {
  const { ticketApi, replayApi } = ticketApisOf(config, given.ticketApi)
  const spool = Spool.open({ path: spoolPathOf(config), requestsMax: config.spoolRequestsMax, clock })
  const health = createHealthServer({ spool, clock, log, requestsMax: config.spoolRequestsMax })
  const replayer = new SpoolReplayer({
    folder: spool.folder,
    ticketApi: replayApi,
    clock,
    log,
    onEnd: health.replayEnded,
  })
  const voice = config.voiceNotes ? createVoice(config, log) : null
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
    voiceRecorder: voice?.recorder ?? null,
    spool: async (request) => {
      await spool.add(request)
      replayer.wake()
    },
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
    listen: async () => {
      await voice?.listen()
      const address = await server.listen({ port: config.port, host: config.host })
      replayer.start()
      return { ...address, httpUrl: await health.listen(config) }
    },
    activity: () => ({ calls: server.activeCalls, records: records.size }),
    spooled: () => spool.state(),
    close: async () => {
      await server.close({ drainMs: config.drainMs })
      await Promise.all(records)
      await voice?.server.close()
      await replayer.close()
      await health.server.close()
      await spool.close()
    },
  }
}

/** The door for callers' voices, not yet listening, and what records by it. */
function createVoice(config: AgiConfiguration, log: Logger) {
  const {
    audioSocketHost: host,
    audioSocketPort,
    audioSocketAddress,
    voiceNoteSecondsMax: secondsMax,
  } = config
  const server = new AudioSocketServer({ log })
  let port = audioSocketPort
  const ownAddress = (): string => `${host.includes(':') ? `[${host}]` : host}:${port}`
  const recorder = new VoiceRecorder({
    server,
    address: () => audioSocketAddress ?? ownAddress(),
    secondsMax,
    log,
  })
  const listen = async (): Promise<void> => {
    ;({ port } = await server.listen({ host, port: audioSocketPort }))
  }
  return { server, recorder, listen }
}

/** For calls, which wait while it tries again, and for the replay, which has pauses of its own. */
function ticketApisOf(
  config: AgiConfiguration,
  given: TicketApi | undefined,
): { ticketApi: TicketApi; replayApi: TicketApi } {
  if (given !== undefined) {
    return { ticketApi: given, replayApi: given }
  }
  const { ticketApiUrl: baseUrl, ticketApiToken: clientToken, apiBudgetMs: totalMs } = config
  const api = (budget: Budget): TicketApi => createTicketApiClient({ baseUrl, clientToken, budget })
  return {
    ticketApi: api({ totalMs, attemptMs: Math.min(attemptMs, totalMs) }),
    replayApi: api({ totalMs, attemptMs: totalMs, attemptsMax: 1 }),
  }
}
