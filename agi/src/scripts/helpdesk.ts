import { randomUUID } from 'node:crypto'
import { AgiHangupError, type AgiCall, type AgiHandler } from 'asterisk-agi'
import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import { maskPhoneNumber } from '@ura/core/phone-number'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import type { Call } from '../call/call.ts'
import { callingNumberOf, readCallId } from '../call/call-origin.ts'
import { CallRecorder } from '../call/call-recorder.ts'
import { type ExtensionPolicy, trustedExtensionOf } from '../call/desk-extension.ts'
import { keepRecord } from '../call/keep-record.ts'
import { Line, type LineTimes } from '../call/line.ts'
import type { OfficeHours } from '../call/office-hours.ts'
import { runFlow } from '../flow.ts'
import type { StepName } from '../steps/step.ts'
import type { VoiceRecorder } from '../voice-note/voice-recorder.ts'
import { technicianDisplay } from './technician-display.ts'

export interface HelpdeskDependencies {
  ticketApi: TicketApi
  officeHours: OfficeHours
  clock: Clock
  log: Logger
  times: LineTimes
  tries: number
  extensions: ExtensionPolicy
  offersInformation: boolean
  asksSatisfaction: boolean
  spool: Call['spool']
  /** Null: callers are not asked to describe the problem. */
  voiceRecorder: VoiceRecorder | null
  /** Work that outlives the call (its record), for the service to wait for when it stops. */
  inBackground(work: Promise<void>): void
}

/** What the dialplan's first argument may ask for. */
const entries: ReadonlyMap<string, StepName> = new Map([
  ['start', 'main-menu'],
  ['open-ticket', 'registration-code'],
])

/**
 * The FastAGI script `helpdesk[,<entry>[,<round>]]`: runs the whole call and tells the dialplan where to go next
 * in `URA_NEXT`, with `URA_RESULT`, `URA_USER`, `URA_PROTOCOL` and `URA_DISPLAY` (the technician's display).
 * `URA_RESULT=started` with no `URA_NEXT` means that the service was lost in mid-call.
 */
export function helpdeskScript(dependencies: HelpdeskDependencies): AgiHandler {
  return async (agi) => {
    // A sound that is missing makes AGISTATUS a FAILURE, as if no server had answered: this tells the dialplan that one
    // had, should the service die before URA_NEXT is set.
    await agi.setVariable('URA_RESULT', 'started')
    const call = await openCall(agi, dependencies)
    dependencies.officeHours.refresh()
    const entry = agi.environment.arguments[0] ?? 'start'
    try {
      const { end } = await runFlow(call, entries.get(entry) ?? 'main-menu')
      await agi.setVariables({
        URA_NEXT: end,
        URA_RESULT: call.recorder.outcome,
        URA_USER: call.person?.userCode ?? '',
        URA_PROTOCOL: call.recorder.protocols.at(-1) ?? '',
        URA_DISPLAY: await technicianDisplay(call.person),
      })
    } catch (error) {
      // A connection that is lost without a hangup was cut by the network, or by this service when it stopped.
      if (!(error instanceof AgiHangupError)) {
        call.recorder.happened('failed')
      }
      throw error
    } finally {
      dependencies.inBackground(keepRecord(call))
    }
  }
}

async function openCall(agi: AgiCall, dependencies: HelpdeskDependencies): Promise<Call> {
  const { environment, signal } = agi
  const callId = await readCallId(agi)
  const round = /^[1-9]\d?$/.test(environment.arguments[1] ?? '') ? Number(environment.arguments[1]) : 1
  const callingNumber = callingNumberOf(environment.callerId)
  const log = dependencies.log.child({ callId, round })
  log.info({ caller: callingNumber === null ? null : maskPhoneNumber(callingNumber) }, 'call started')
  const counts = new Map<string, number>()
  const session = randomUUID().slice(0, 8)
  const recorder = new CallRecorder(dependencies.clock)
  return {
    callId,
    round,
    callingNumber,
    line: new Line(agi, dependencies.times, {
      played: (sound) => log.debug({ prompt: sound.name }, 'prompt played'),
      missing: (sound) => {
        log.warn({ prompt: sound.name }, 'prompt could not be played')
        if (sound.isSynthesized === true) {
          recorder.replaced(sound.name)
        }
      },
    }),
    signal,
    ticketApi: dependencies.ticketApi,
    officeHours: dependencies.officeHours,
    recorder,
    log,
    tries: dependencies.tries,
    offersInformation: dependencies.offersInformation,
    asksSatisfaction: dependencies.asksSatisfaction,
    spool: dependencies.spool,
    voiceRecorder: dependencies.voiceRecorder,
    nextIdempotencyKey: (step) => {
      const ordinal = (counts.get(step) ?? 0) + 1
      counts.set(step, ordinal)
      return `${callId}/${session}/${step}-${ordinal}`
    },
    channelName: () => agi.getFullVariable('${CHANNEL(name)}'),
    extension: trustedExtensionOf(environment.channel, dependencies.extensions),
    purpose: 'open-ticket',
    person: null,
    category: null,
    service: null,
    ticketRequest: null,
    ticket: null,
    ticketUnderWay: null,
    catalogueVersion: '',
  }
}
