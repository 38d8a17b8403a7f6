import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import { GivenUpError } from '../../outbox/send-outcome.ts'
import type { Timers } from '../../outbox/timers.ts'
import {
  type Driver,
  type DriverEvents,
  type DriverPace,
  NotSentError,
  type OutgoingMessage,
  type WebhookHost,
  type Webhooks,
} from '../driver.ts'
import { accessCodeAttempt, type Attempt, noticeAttempt, textAttempt } from './attempt.ts'
import { Channel, type ProbeResult } from './channel.ts'
import { deliveryStatusOf } from './delivery-status.ts'
import type { EarlyStatuses } from './early-statuses.ts'
import { openCloudApiWebhooks } from './cloud-api-webhooks.ts'
import { judgeAnswer } from './graph-answer.ts'
import { type GraphAnswer, type GraphClient, NotReachedError } from './graph-client.ts'
import { classOfGraphError, failureReasons, isLimit, settingAtFault } from './graph-error.ts'
import type { CloudStatus } from './webhook-payload.ts'
import type { Template } from './payloads.ts'

export interface CloudApiDriverOptions {
  graph: GraphClient
  clock: Clock
  timers: Timers
  log: Logger
  codeTemplate: Template
  /** For texts to people outside the 24 h window; null = such texts fail with `window_closed`. */
  noticeTemplate: Template | null
  /** Longest wait for one message, both tries of a text together. */
  timeoutMs: number
  /** When a person (E.164) last wrote to us; null = never that we know. */
  lastMessageAt: (phone: string) => Promise<Date | null>
  early: EarlyStatuses
  webhook: { phoneNumberId: string; appSecret: string; verifyToken: string; retentionDays: number }
}

export const cloudApiDriverName = 'cloud-api'

/** Meta's limits: 80 messages a second for a number, about one in 6 s to the same person. Answers take up to a second. */
export const cloudApiPace = {
  recipientIntervalMs: 6_000,
  driverIntervalMs: 1_000 / 80,
  parallelMax: 64,
} as const satisfies DriverPace

/** Free text is for those who wrote within 24 h; a minute less, for clocks differ and messages travel. */
const windowMs = 24 * 60 * 60 * 1_000 - 60_000
const trialPauseMs = 1_000

/** WhatsApp through Meta's Cloud API: codes and notices as templates, free text inside the 24 h window. */
export class CloudApiDriver implements Driver {
  readonly name = cloudApiDriverName
  readonly pace = cloudApiPace
  readonly tellsDelivery = true
  readonly #options: CloudApiDriverOptions
  readonly #channel: Channel
  #events: DriverEvents | null = null

  constructor(options: CloudApiDriverOptions) {
    this.#options = options
    const { clock, timers, log } = options
    this.#channel = new Channel({ clock, timers, log, probe: () => this.#probe() })
  }

  openWebhooks(host: WebhookHost): Promise<Webhooks> {
    const { clock, timers, log, early, webhook } = this.#options
    return openCloudApiWebhooks(
      {
        ...webhook,
        clock,
        timers,
        log,
        early,
        channel: this.name,
        heard: (status) => this.#heard(status),
      },
      host,
    )
  }

  async start(events: DriverEvents): Promise<void> {
    this.#events = events
    this.#channel.start(() => events.connectionChanged())
  }

  async stop(): Promise<void> {
    this.#events = null
    this.#channel.stop()
  }

  state(): ReturnType<Driver['state']> {
    return this.#channel.status
  }

  /** What a status of a failed message says about the channel: a restricted account pauses it. */
  #heard(status: CloudStatus): void {
    if (status.errorCode !== null && classOfGraphError(status.errorCode, null) === 'pause') {
      this.#channel.pause(status.errorCode)
    }
  }

  async send(message: OutgoingMessage, signal: AbortSignal): Promise<{ providerId: string }> {
    const leave = this.#channel.enter()
    if (leave === null) {
      throw new NotSentError(failureReasons.pause, {
        retryable: true,
        untilDeadline: true,
        retryAfterMs: trialPauseMs,
      })
    }
    const deadline = new AbortController()
    const { timers, timeoutMs } = this.#options
    const cancel = timers.setTimer(() => deadline.abort(new GivenUpError('timeout')), timeoutMs)
    try {
      const attempt = await this.#firstAttempt(message)
      return await this.#post(message, attempt, AbortSignal.any([signal, deadline.signal]))
    } finally {
      cancel()
      leave()
    }
  }

  async #firstAttempt(message: OutgoingMessage): Promise<Attempt> {
    const { content } = message
    if (content.kind === 'otp') {
      return accessCodeAttempt(message, content.code, this.#options.codeTemplate)
    }
    return (await this.#isWindowOpen(message.to))
      ? textAttempt(message, content.text, content.replyTo)
      : noticeAttempt(message, content.text, this.#options.noticeTemplate)
  }

  async #isWindowOpen(phone: string): Promise<boolean> {
    try {
      const lastAt = await this.#options.lastMessageAt(phone)
      return lastAt !== null && this.#options.clock.now().getTime() - lastAt.getTime() < windowMs
    } catch (cause) {
      // Nothing has left: the disk is what failed.
      throw new NotSentError('store_fault', { retryable: true, untilDeadline: true, cause })
    }
  }

  async #post(
    message: OutgoingMessage,
    attempt: Attempt,
    signal: AbortSignal,
  ): Promise<{ providerId: string }> {
    const answer = await this.#answerTo(attempt, signal)
    const verdict = judgeAnswer(answer)
    if (verdict.kind === 'accepted') {
      this.#channel.works()
      this.#applyEarly(message.id, verdict.providerId)
      return { providerId: verdict.providerId }
    }
    if (verdict.kind === 'unclear') {
      this.#channel.faulted()
      throw new Error(`an answer that tells nothing (HTTP ${answer.statusCode})`)
    }
    const isClosed = classOfGraphError(verdict.code, answer.statusCode) === 'window'
    if (isClosed && attempt.template === null && message.content.kind === 'text') {
      // Meta is sure that this one did not leave: the template may take its place at once.
      return await this.#post(
        message,
        noticeAttempt(message, message.content.text, this.#options.noticeTemplate),
        signal,
      )
    }
    throw this.#refusal(verdict.code, answer, attempt)
  }

  async #answerTo({ payload }: Attempt, signal: AbortSignal): Promise<GraphAnswer> {
    try {
      return await this.#options.graph.send(payload, signal)
    } catch (error) {
      this.#channel.faulted()
      if (error instanceof NotReachedError) {
        throw new NotSentError('graph_unreachable', { retryable: true, untilDeadline: true, cause: error })
      }
      throw error
    }
  }

  #refusal(code: number | null, { statusCode, retryAfterMs }: GraphAnswer, attempt: Attempt): NotSentError {
    const { log } = this.#options
    const errorClass = classOfGraphError(code, statusCode)
    const reason = failureReasons[errorClass]
    const fields = { graphCode: code, statusCode, reason }
    switch (errorClass) {
      case 'back_off':
        this.#channel.faulted()
        log.warn(fields, 'the Cloud API asks for patience')
        return new NotSentError(reason, {
          retryable: true,
          untilDeadline: isLimit(code),
          retryAfterMs: Math.max(retryAfterMs ?? 0, isLimit(code) ? cloudApiPace.recipientIntervalMs : 0),
        })
      case 'pause':
        this.#channel.pause(code ?? 0)
        return new NotSentError(reason, { retryable: true, untilDeadline: true })
      case 'configuration':
        this.#channel.works()
        log.error(
          { ...fields, setting: settingAtFault(code, attempt.template) },
          'the Cloud API refuses what is configured',
        )
        return new NotSentError(reason, { retryable: false })
      case 'recipient':
      case 'window':
      case 'refused':
        break
    }
    this.#channel.works()
    log.warn(fields, 'the Cloud API refuses the message')
    return new NotSentError(reason, { retryable: false })
  }

  /** Statuses that overtook this answer take their effect now. */
  #applyEarly(messageId: string, providerId: string): void {
    for (const status of this.#options.early.take(providerId)) {
      this.#events?.deliveryReported(deliveryStatusOf(status, messageId, this.#options.clock.now()))
    }
  }

  async #probe(): Promise<ProbeResult> {
    const deadline = new AbortController()
    const { graph, timers, timeoutMs } = this.#options
    const cancel = timers.setTimer(() => deadline.abort(), timeoutMs)
    try {
      const answer = await graph.probe(deadline.signal)
      const verdict = judgeAnswer(answer)
      if (verdict.kind === 'error') {
        // Other errors are about reading the number's data, for which the token needs no right.
        return verdict.code === 190 || verdict.code === 0 || answer.statusCode === 401
          ? 'refused'
          : 'accepted'
      }
      return answer.statusCode < 300 ? 'accepted' : 'unreachable'
    } catch {
      return 'unreachable'
    } finally {
      cancel()
    }
  }
}
