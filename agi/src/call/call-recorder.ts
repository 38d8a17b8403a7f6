import type { Clock } from '@ura/core/clock'
import type { CallOutcome, CallRecord } from '@ura/core/ticket-api/schemas'
import type { TicketRequest } from '../spool/spooled-request.ts'

/** When several things happened in one call, the first of these is its outcome. */
const outcomesByWeight: readonly CallOutcome[] = [
  'declined',
  'transferred',
  'ticket_opened',
  'status_told',
  'failed',
  'abandoned',
]
const stepsMax = 200
const protocolsMax = 20
const replacedMax = 50

/** Gathers what a call's record says: steps with times, outcome, tickets. */
export class CallRecorder {
  readonly #clock: Clock
  readonly #startedAt: Date
  readonly #steps: { etapa: string; em: string }[] = []
  readonly #protocols: string[] = []
  readonly #registered: TicketRequest[] = []
  readonly #replaced = new Set<string>()
  #outcome: CallOutcome = 'abandoned'

  constructor(clock: Clock) {
    this.#clock = clock
    this.#startedAt = clock.now()
  }

  get outcome(): CallOutcome {
    return this.#outcome
  }

  get lastStep(): string {
    return this.#steps.at(-1)?.etapa ?? ''
  }

  get protocols(): readonly string[] {
    return this.#protocols
  }

  /** What was to be synthesized and wasn't heard, each name once: recordings were played in its place. */
  get withoutSpeech(): readonly string[] {
    return [...this.#replaced]
  }

  /** A synthesized sound could not be had or could not be played. */
  replaced(name: string): void {
    if (this.#replaced.size < replacedMax) {
      this.#replaced.add(name)
    }
  }

  enter(step: string): void {
    if (this.#steps.length < stepsMax) {
      this.#steps.push({ etapa: step, em: this.#clock.now().toISOString() })
    }
  }

  happened(outcome: CallOutcome): void {
    if (outcomesByWeight.indexOf(outcome) < outcomesByWeight.indexOf(this.#outcome)) {
      this.#outcome = outcome
    }
  }

  opened(protocol: string): void {
    this.#protocols.push(protocol)
    this.happened('ticket_opened')
  }

  /** A ticket is in the spool; that the API takes it is only a matter of time, so the caller got what they called for. */
  registered(ticket: TicketRequest): void {
    this.#registered.push(ticket)
    this.happened('ticket_opened')
  }

  /** Tickets of this call that are in the spool, their protocols yet to come. */
  get spooledTickets(): readonly TicketRequest[] {
    return this.#registered
  }

  record(call: {
    callId: string
    round: number
    callingNumber: string | null
    userCode: string | null
    isVerified: boolean
    category: string | null
    service: string | null
  }): CallRecord {
    return {
      chamada: call.callId,
      rodada: call.round,
      telefone: call.callingNumber,
      inicio: this.#startedAt.toISOString(),
      fim: this.#clock.now().toISOString(),
      etapas: [...this.#steps],
      resultado: this.#outcome,
      usuario: call.userCode,
      verificado: call.isVerified,
      categoria: call.category,
      servico: call.service,
      protocolos: this.#protocols.slice(-protocolsMax),
    }
  }
}
