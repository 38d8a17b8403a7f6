import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import {
  type ConnectionState,
  type ConnectionStatus,
  type Driver,
  type DriverEvents,
  type DriverPace,
  NotSentError,
  type OutgoingMessage,
} from '../driver.ts'
import { composeMail, mailIdOf } from './mail.ts'
import { isLoopback, type MailSender } from './settings.ts'
import { runSmtpSession, SmtpFault, type SmtpOptions } from './smtp-session.ts'

export interface EmailDriverOptions extends SmtpOptions {
  from: MailSender
  /** IANA zone in which a code's expiry is told. */
  timeZone: string
  clock: Clock
  log: Logger
}

/** A few at once, as a person's own mail program does: mail servers count connections. */
export const emailPace = {
  recipientIntervalMs: 0,
  driverIntervalMs: 0,
  parallelMax: 4,
} as const satisfies DriverPace

/** How often a server that can't be used is tried. */
const probeIntervalMs = 60_000

/** Mail by SMTP. That the server has taken a mail is the last that is known of it. */
export class EmailDriver implements Driver {
  readonly name = 'smtp'
  readonly pace = emailPace
  readonly #options: EmailDriverOptions
  #events: DriverEvents | null = null
  #status: ConnectionStatus
  #cancelProbe = (): void => {}
  readonly #stopping = new AbortController()

  constructor(options: EmailDriverOptions) {
    this.#options = options
    this.#status = { state: 'starting', since: options.clock.now(), qrAttempt: null, qrExpiresAt: null }
  }

  async start(events: DriverEvents): Promise<void> {
    this.#events = events
    const { server, log } = this.#options
    if (server.tls === 'off' && !isLoopback(server.host)) {
      log.warn({ host: server.host }, 'mail and its password go over the network in the clear (?tls=off)')
    }
    void this.#probe()
  }

  async stop(): Promise<void> {
    this.#events = null
    this.#cancelProbe()
    this.#stopping.abort()
  }

  state(): ConnectionStatus {
    return this.#status
  }

  async send(message: OutgoingMessage, signal: AbortSignal): Promise<{ providerId: string }> {
    const { from, timeZone, clock } = this.#options
    const raw = await composeMail(message, { from, timeZone, date: clock.now() })
    try {
      await runSmtpSession(this.#options, {
        mail: { from: from.address, to: message.to, raw },
        signal: AbortSignal.any([signal, this.#stopping.signal]),
      })
    } catch (error) {
      throw error instanceof SmtpFault ? this.#judged(error) : error
    }
    this.#become('connected')
    return { providerId: mailIdOf(message.id, from) }
  }

  /** What a fault means for the message, and for the channel. */
  #judged(fault: SmtpFault): Error {
    const { kind, mayHaveLeft, replyCode, isAboutMail } = fault
    this.#become(stateAfter(fault))
    this.#options.log.warn({ kind, replyCode, mayHaveLeft }, 'the mail server did not take the message')
    if (mayHaveLeft) {
      return fault
    }
    if (kind === 'reply' && isAboutMail && replyCode !== null && replyCode >= 500) {
      return new NotSentError(`smtp_${replyCode}`, { retryable: false, cause: fault })
    }
    return new NotSentError(kind === 'reply' ? `smtp_${replyCode}` : `smtp_${kind}`, {
      retryable: true,
      untilDeadline: true,
      cause: fault,
    })
  }

  /** Sees whether the server lets us in, again and again until it does. */
  async #probe(): Promise<void> {
    this.#cancelProbe()
    try {
      await runSmtpSession(this.#options, { mail: null, signal: this.#stopping.signal })
      this.#become('connected')
    } catch (error) {
      if (this.#events === null) {
        return
      }
      const { kind, replyCode } = error as SmtpFault
      this.#options.log.warn({ kind, replyCode }, 'the mail server can not be used')
      this.#become(stateAfter(error as SmtpFault))
    }
  }

  #become(state: ConnectionState): void {
    this.#cancelProbe()
    if (this.#events === null) {
      return
    }
    if (state !== 'connected') {
      this.#cancelProbe = this.#options.timers.setTimer(() => void this.#probe(), probeIntervalMs)
    }
    if (this.#status.state !== state) {
      this.#status = { ...this.#status, state, since: this.#options.clock.now() }
      this.#events.connectionChanged()
    }
  }
}

/** A wrong password or certificate needs a person; a server that is away comes back, and one that refuses a mail works. */
function stateAfter({ kind, isAboutMail }: SmtpFault): ConnectionState {
  if (kind === 'auth' || kind === 'tls') {
    return 'logged_out'
  }
  return isAboutMail ? 'connected' : 'degraded'
}
