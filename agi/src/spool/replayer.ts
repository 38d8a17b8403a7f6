import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '@ura/core/clock'
import { HelpdeskError } from '@ura/core/errors'
import type { Logger } from '@ura/core/logger'
import type { CallRecord } from '@ura/core/ticket-api/schemas'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import { isRefusal } from './refusal.ts'
import type { SpoolFolder } from './spool-folder.ts'
import { callIdOf, type SpooledFile, type SpooledRequest, userCodeOf } from './spooled-request.ts'

/** The part of the API that takes what is spooled. */
type ReplayApi = Pick<TicketApi, 'openTicket' | 'addVoiceNote' | 'saveCallRecord'>

/** What became of a request that was sent again. */
export type ReplayEnd = 'taken' | 'refused' | 'too_old' | 'damaged'

/**
 * The API knows an idempotency key for 7 days (api/src/idempotency); after that the same request could make a second
 * ticket. A day less leaves room for clocks that differ.
 */
export const replayAgeMaxMs = 6 * 86_400_000

/** How often the folder is looked into for what an administrator sent back. */
const idleMs = 15_000
const firstPauseMs = 500
const longestPauseMs = 10_000
/** So many requests in a row without an answer: the API is away, and the others need not ask. */
const unansweredMax = 3

/**
 * Sends what is spooled to the API until it takes it, oldest first. Of one person and of one call nothing overtakes; a
 * request that the API fails at holds up nobody else.
 */
export class SpoolReplayer {
  readonly #folder: SpoolFolder
  readonly #ticketApi: ReplayApi
  readonly #clock: Clock
  readonly #log: Logger
  readonly #onEnd: (end: ReplayEnd) => void
  readonly #closing = new AbortController()
  #awake = Promise.withResolvers<void>()
  #running: Promise<void> | null = null
  /** Whether the log has it that the API takes nothing; one line is enough for an outage. */
  #isAwayTold = false

  constructor(options: {
    folder: SpoolFolder
    ticketApi: ReplayApi
    clock: Clock
    log: Logger
    onEnd?: (end: ReplayEnd) => void
  }) {
    this.#folder = options.folder
    this.#ticketApi = options.ticketApi
    this.#clock = options.clock
    this.#log = options.log
    this.#onEnd = options.onEnd ?? (() => {})
  }

  /** Works in the background until `close`. */
  start(): void {
    this.#running ??= this.#run()
  }

  /** Something was spooled. */
  wake(): void {
    this.#awake.resolve()
  }

  /** Gives up what is under way: its key makes it the same request next time. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
  }

  /** Sends each request once; false when some still wait for the API. */
  async replayAll(): Promise<boolean> {
    const held = new Set<string>()
    let unanswered = 0
    for (const id of await this.#folder.ids('pending')) {
      if (this.#closing.signal.aborted || unanswered >= unansweredMax) {
        return false
      }
      const file = await this.#folder.read('pending', id)
      if (file === null) {
        continue
      }
      const lanes = file === 'damaged' ? [] : lanesOf(file.request)
      const end = lanes.some((lane) => held.has(lane)) ? 'held' : await this.#settle(id, file)
      if (end === 'unanswered') {
        unanswered += 1
      } else if (end !== 'held') {
        unanswered = 0
      }
      if (end === 'held' || end === 'unanswered' || end === 'failed') {
        lanes.forEach((lane) => held.add(lane))
      }
    }
    return held.size === 0
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    try {
      await this.#folder.removeUnfinished()
    } catch (error) {
      this.#log.error({ err: error }, 'the spool can not be read')
    }
    let failures = 0
    while (!signal.aborted) {
      this.#awake = Promise.withResolvers()
      const isDone = await this.replayAll().catch((error: unknown) => {
        this.#log.error({ err: error }, 'the spool can not be read')
        return false
      })
      failures = isDone ? 0 : failures + 1
      // What is spooled while the API is away doesn't bring it back: only an idle replayer is woken.
      const pause = sleep(isDone ? idleMs : pauseAfter(failures), undefined, { signal }).catch(() => {})
      await (isDone ? Promise.race([pause, this.#awake.promise]) : pause)
    }
  }

  /** `failed`: the API is there and has an error of its own with this request. */
  async #settle(id: string, file: SpooledFile | 'damaged'): Promise<ReplayEnd | 'unanswered' | 'failed'> {
    if (file === 'damaged') {
      this.#log.error({ spoolId: id }, 'a file of the spool is damaged')
      await this.#folder.setAside(id)
      return this.#ended('damaged')
    }
    const callId = callIdOf(file.request)
    const now = this.#clock.now()
    if (now.getTime() - Date.parse(file.revivedAt ?? file.spooledAt) > replayAgeMaxMs) {
      await this.#folder.bury(id, file, { at: now, reason: 'too_old' })
      this.#log.error({ spoolId: id, callId }, 'a spooled request is too old to be sent: dead letter')
      return this.#ended('too_old')
    }
    try {
      const protocols = await this.#send(file.request)
      await this.#folder.remove('pending', id)
      this.#isAwayTold = false
      this.#log.info({ spoolId: id, callId, protocols }, 'the API took a spooled request')
      return this.#ended('taken')
    } catch (error) {
      if (!isRefusal(error)) {
        this.#tellAway({ spoolId: id, callId, err: error })
        return error instanceof HelpdeskError && error.code === 'ERRO_INTERNO' ? 'failed' : 'unanswered'
      }
      await this.#folder.bury(id, file, { at: now, reason: error.code })
      this.#log.error(
        { spoolId: id, callId, code: error.code },
        'the API refused a spooled request: dead letter',
      )
      return this.#ended('refused')
    }
  }

  #tellAway(fields: Readonly<Record<string, unknown>>): void {
    if (!this.#closing.signal.aborted) {
      const level = this.#isAwayTold ? 'debug' : 'warn'
      this.#log[level](fields, 'the API did not take a spooled request')
      this.#isAwayTold = true
    }
  }

  #ended(end: ReplayEnd): ReplayEnd {
    this.#onEnd(end)
    return end
  }

  /** Gives the protocols of the request's tickets. The key of a ticket that was taken gives the same one. */
  async #send(request: SpooledRequest): Promise<string[]> {
    const { signal } = this.#closing
    if (request.kind === 'ticket') {
      return [(await this.#ticketApi.openTicket(request.ticket, signal)).protocolo]
    }
    if (request.kind === 'voice-note') {
      const { note } = request
      const protocol = note.protocol ?? (await this.#ticketApi.openTicket(note.ticket, signal)).protocolo
      const { idempotencyKey, ticket } = note
      const audio = Buffer.from(note.audio, 'base64')
      await this.#ticketApi.addVoiceNote(
        { idempotencyKey, protocol, userCode: ticket.userCode, audio },
        signal,
      )
      return [protocol]
    }
    const protocols: string[] = []
    for (const ticket of request.tickets) {
      // Taken or refused before this record's turn: the same key gives the same answer.
      const protocol = await this.#ticketApi.openTicket(ticket, signal).then(
        ({ protocolo }) => protocolo,
        (error: unknown) => {
          if (isRefusal(error)) {
            return null
          }
          throw error
        },
      )
      protocols.push(...(protocol === null ? [] : [protocol]))
    }
    await this.#ticketApi.saveCallRecord(withProtocols(request.record, protocols), signal)
    return protocols
  }
}

/** The record of a call as it turned out: with the protocols that came later, or without the ticket that was refused. */
function withProtocols(record: CallRecord, later: readonly string[]): CallRecord {
  const protocolos = [...record.protocolos, ...later].slice(-20)
  const isWithoutTicket = record.resultado === 'ticket_opened' && protocolos.length === 0
  return { ...record, protocolos, ...(isWithoutTicket && { resultado: 'failed' as const }) }
}

/** Requests that share one of these keep their order. */
function lanesOf(request: SpooledRequest): string[] {
  const userCode = userCodeOf(request)
  return [`call ${callIdOf(request)}`, ...(userCode === null ? [] : [`user ${userCode}`])]
}

/** Doubling from half a second to 10 s, with jitter, so that many servers don't come back at once. */
function pauseAfter(failures: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1)) * (0.5 + Math.random() / 2)
}
