import { randomUUID } from 'node:crypto'
import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import { signedHeaders } from '@ura/core/webhook-signature'
import type { Channel } from '../outbox/channel.ts'
import type { Timers } from '../outbox/timers.ts'

/** What the alert address is told; `text` is a sentence for people, which is where chat tools look for one. */
export interface Alert {
  readonly type: `${Channel}.${'logged_out' | 'banned' | 'connected'}`
  readonly text: string
  readonly at: Date
  readonly data: Readonly<Record<string, string>>
}

export interface AlertWebhookOptions {
  url: string
  /** `whsec_…`; undefined = unsigned. */
  secret: string | undefined
  clock: Clock
  timers: Timers
  log: Logger
}

const waitingMax = 20
const triesMax = 12
const timeoutMs = 10_000
const firstPauseMs = 5_000
const pauseMsMax = 10 * 60_000

/**
 * Posts alerts in the form of Standard Webhooks, one after the other, each tried up to 12 times within about an hour.
 * It keeps them in memory: what happens while the gateway is down is told by the next start's state.
 */
export class AlertWebhook {
  readonly #options: AlertWebhookOptions
  readonly #waiting: { id: string; alert: Alert; tries: number }[] = []
  readonly #closing = new AbortController()
  #cancelPause: (() => void) | null = null
  #sending: Promise<void> | null = null

  constructor(options: AlertWebhookOptions) {
    this.#options = options
  }

  /** Takes an alert and returns at once; past 20 that wait, the oldest is given up. */
  send(alert: Alert): void {
    this.#waiting.push({ id: `alert_${randomUUID()}`, alert, tries: 0 })
    if (this.#waiting.length > waitingMax) {
      this.#waiting.splice(this.#sending === null ? 0 : 1, 1)
    }
    this.#next()
  }

  /** Gives up what waits. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.#cancelPause?.()
    await this.#sending
  }

  #next(): void {
    if (this.#sending === null && this.#cancelPause === null && !this.#closing.signal.aborted) {
      this.#sending = this.#sendFirst().finally(() => {
        this.#sending = null
        if (this.#waiting.length > 0) {
          this.#next()
        }
      })
    }
  }

  async #sendFirst(): Promise<void> {
    const [first] = this.#waiting
    if (first === undefined) {
      return
    }
    first.tries += 1
    const result = await this.#post(first.id, first.alert)
    if (result === 'delivered' || first.tries >= triesMax) {
      this.#waiting.shift()
    } else {
      this.#pause(Math.min(pauseMsMax, firstPauseMs * 2 ** (first.tries - 1)))
    }
    if (result !== 'delivered' && !this.#closing.signal.aborted) {
      const { type } = first.alert
      this.#options.log.warn({ type, result, tries: first.tries, triesMax }, 'alert was not delivered')
    }
  }

  #pause(pauseMs: number): void {
    this.#cancelPause = this.#options.timers.setTimer(() => {
      this.#cancelPause = null
      this.#next()
    }, pauseMs)
  }

  async #post(id: string, { type, text, at, data }: Alert): Promise<string> {
    const { url, secret, clock } = this.#options
    const body = JSON.stringify({ type, timestamp: at.toISOString(), text, data })
    const signature = secret === undefined ? {} : signedHeaders(secret, { id, at: clock.now(), body })
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'webhook-id': id, ...signature },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(timeoutMs)]),
      })
      await answer.body?.cancel()
      return answer.ok ? 'delivered' : `http_${answer.status}`
    } catch (error) {
      return (error as Error).name === 'TimeoutError' ? 'timeout' : 'connection'
    }
  }
}
