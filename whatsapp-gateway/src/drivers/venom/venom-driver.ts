import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import type { Timers } from '../../outbox/timers.ts'
import { sameMobileNumbers } from '../../phone/ninth-digit.ts'
import {
  type ConnectionStatus,
  type Driver,
  type DriverEvents,
  type DriverPace,
  NotSentError,
  type OutgoingMessage,
  type QrLogin,
} from '../driver.ts'
import { messageText } from '../message-text.ts'
import { isChatId } from './child-messages.ts'
import {
  type ChildProcessOptions,
  RefusedError,
  UnansweredError,
  VenomChildProcess,
} from './child-process.ts'
import { statusOfAck } from './connection-state.ts'
import { DailyCount } from './daily-count.ts'
import { receivedMessage } from './received-message.ts'
import { RecipientCache } from './recipient-cache.ts'
import { SentMessages } from './sent-messages.ts'
import { requireVenomAndBrowser, SessionFolder } from './session-folder.ts'
import { type MessageNews, VenomConnection } from './venom-connection.ts'

export interface VenomDriverOptions {
  clock: Clock
  timers: Timers
  log: Logger
  /** In [0, 1). */
  random: () => number
  /** IANA zone of the times told to people, and of the days of `dailyMax`. */
  timeZone: string
  /** Folder that holds the login, made when it isn't there. */
  sessionFolder: string
  /** Folder that venom-bot was installed in. */
  modulesFolder: string
  browserPath: string
  qrMax: number
  dailyMax: number
  /** The dispatcher's; a send of ours is given up a second sooner, and after 29 s at the latest. */
  sendTimeoutMs: number
  /** The module that the child runs. Default: the one that loads venom-bot. */
  child?: Pick<ChildProcessOptions, 'entry' | 'arguments'>
}

/** WhatsApp bans who sends as machines do: 12 s at least, never evenly. */
export const venomPace: DriverPace = {
  recipientIntervalMs: 12_000,
  driverIntervalMs: 12_000,
  driverJitterMs: 6_000,
  parallelMax: 1,
}
const sendTimeoutMsMax = 29_000
const answerMarginMs = 1_000
const lookupTimeoutMs = 10_000
const childEntry = new URL('./child/main.ts', import.meta.url).pathname

/**
 * WhatsApp Web by the unofficial venom-bot 5.3.0, in a child process with its own browser. Starting it throws
 * StartupError when venom-bot or the browser is missing or another gateway uses the session.
 */
export class VenomDriver implements Driver {
  readonly name = 'venom'
  readonly pace = venomPace
  readonly tellsDelivery = true
  readonly qrLogin: QrLogin
  readonly #options: VenomDriverOptions
  readonly #recipients: RecipientCache
  readonly #sent = new SentMessages()
  readonly #connection: VenomConnection
  #folder: SessionFolder | null = null
  #count: DailyCount | null = null
  #events: DriverEvents | null = null

  constructor(options: VenomDriverOptions) {
    this.#options = options
    this.#recipients = new RecipientCache(options.clock)
    this.#connection = new VenomConnection({
      ...options,
      launch: (listeners) => this.#launch(listeners),
      removeLogin: () => this.#folder?.removeLogin(),
      onChange: () => this.#events?.connectionChanged(),
      onMessageNews: (news) => this.#received(news),
    })
    const connection = this.#connection
    this.qrLogin = {
      qrImage: () => connection.qrImage,
      isWaiting: () => connection.waitsForPerson,
      newQr: () => connection.newQr(),
      logOut: () => connection.logOut(),
    }
  }

  async start(events: DriverEvents): Promise<void> {
    const { sessionFolder, dailyMax, clock, timeZone } = this.#options
    requireVenomAndBrowser(this.#options)
    const folder = new SessionFolder(sessionFolder)
    this.#folder = folder
    this.#count = new DailyCount({ file: folder.countFile, max: dailyMax, clock, timeZone })
    this.#events = events
    await folder.endLeftover()
    this.#connection.start()
  }

  async stop(): Promise<void> {
    await this.#connection.stop()
    this.#events = null
    this.#folder?.release()
    this.#folder = null
  }

  state(): ConnectionStatus {
    return this.#connection.status
  }

  /** One after the other (`pace.parallelMax`), so that a hung page holds up one message. */
  async send(message: OutgoingMessage, signal: AbortSignal): Promise<{ providerId: string }> {
    if (this.state().state !== 'connected') {
      throw new NotSentError('not_connected', { retryable: true, untilDeadline: true })
    }
    const startedAtMs = this.#options.clock.now().getTime()
    const chatId = await this.#recipientOf(message.to)
    signal.throwIfAborted()
    this.#countOne()
    const spentMs = this.#options.clock.now().getTime() - startedAtMs
    const budgetMs = Math.min(sendTimeoutMsMax, this.#options.sendTimeoutMs - answerMarginMs)
    const providerId = await this.#sendText(message, chatId, Math.max(1, budgetMs - spentMs))
    for (const { ack } of this.#sent.sent(providerId, message.id)) {
      this.#acknowledged({ messageId: message.id, providerId, ack })
    }
    return { providerId }
  }

  async #launch(listeners: Pick<ChildProcessOptions, 'onNews' | 'onEnd'>): Promise<VenomChildProcess> {
    const { modulesFolder, browserPath, timers } = this.#options
    const folder = this.#folder
    if (folder === null) {
      throw new Error('The driver has not been started.')
    }
    requireVenomAndBrowser(this.#options)
    const child = new VenomChildProcess({
      entry: childEntry,
      ...this.#options.child,
      folder: folder.path,
      timers,
      ...listeners,
    })
    if (child.pid !== undefined) {
      folder.noteProcess(child.pid)
    }
    child.tell({
      type: 'connect',
      modulesFolder,
      browserPath,
      sessionFolder: folder.path,
    })
    return child
  }

  /** The address that WhatsApp knows the number by; for a Brazilian mobile both ways of writing it are tried. */
  async #recipientOf(phone: string): Promise<string> {
    const known = this.#recipients.get(phone)
    if (known !== null) {
      return known
    }
    for (const number of sameMobileNumbers(phone)) {
      const chatId = await this.#lookUp(number)
      if (chatId !== null) {
        this.#recipients.set(phone, chatId)
        return chatId
      }
    }
    throw new NotSentError('recipient_unreachable', { retryable: false })
  }

  /** null when WhatsApp knows no such number. Nothing leaves by this, so that every failure is a known one. */
  async #lookUp(phone: string): Promise<string | null> {
    let chatId: string | null
    try {
      chatId = await this.#connection.ask(
        { type: 'resolve', chatId: `${phone.slice(1)}@c.us` },
        lookupTimeoutMs,
      )
    } catch (error) {
      if (error instanceof RefusedError && error.reason === 'not_on_whatsapp') {
        return null
      }
      if (error instanceof UnansweredError && error.reason === 'timeout') {
        this.#connection.restart('lookup_timeout')
      }
      throw new NotSentError('lookup_failed', { retryable: true, cause: error })
    }
    if (chatId === null || !isChatId(chatId)) {
      throw new NotSentError('lookup_failed', { retryable: true })
    }
    return chatId
  }

  /** @throws NotSentError when today has had its number, or it can't be written down */
  #countOne(): void {
    let counted: boolean
    try {
      counted = this.#count?.take() === true
    } catch (error) {
      throw new NotSentError('count_unwritable', { retryable: true, untilDeadline: true, cause: error })
    }
    if (!counted) {
      throw new NotSentError('daily_limit', { retryable: false })
    }
  }

  async #sendText({ to, content }: OutgoingMessage, chatId: string, timeoutMs: number): Promise<string> {
    try {
      const text = messageText(content, this.#options.timeZone)
      const providerId = await this.#connection.ask({ type: 'send', chatId, text }, timeoutMs)
      if (providerId === null) {
        throw new Error('venom answered without an id')
      }
      return providerId
    } catch (error) {
      if (error instanceof UnansweredError && error.reason === 'timeout') {
        this.#connection.restart('send_timeout')
      }
      if (error instanceof RefusedError) {
        this.#recipients.forget(to)
      }
      if (error instanceof RefusedError && error.reason !== 'outcome_unknown') {
        throw new NotSentError('refused', { retryable: error.reason === 'lookup_failed', cause: error })
      }
      throw error
    }
  }

  #received(news: MessageNews): void {
    if (news.type === 'ack') {
      const acknowledgement = { providerId: news.id, ack: news.ack }
      this.#acknowledged({ ...acknowledgement, messageId: this.#sent.messageIdOf(acknowledgement) })
      return
    }
    void this.#keep(news)
  }

  #acknowledged(acknowledged: { messageId: string | null; providerId: string; ack: number }): void {
    const { messageId, providerId, ack } = acknowledged
    const state = statusOfAck(ack)
    if (state === null) {
      return
    }
    const at = this.#options.clock.now()
    this.#events?.deliveryReported(
      messageId === null
        ? { identifiedBy: 'provider', id: providerId, state, at }
        : { identifiedBy: 'message', id: messageId, state, at },
    )
  }

  async #keep(news: Extract<MessageNews, { type: 'message' }>): Promise<void> {
    if (!news.isPrivate) {
      return
    }
    try {
      await this.#events?.messageReceived(receivedMessage(news))
    } catch (error) {
      // venom gives a message once; WhatsApp keeps it on the phone.
      this.#options.log.error({ errorName: (error as Error).name }, 'received message could not be kept')
    }
  }
}
