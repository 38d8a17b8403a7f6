import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import type { Timers } from '../../outbox/timers.ts'
import { type ConnectionStatus, isLoggedIn } from '../driver.ts'
import type { ChildRequest } from './child-messages.ts'
import { type ChildNews, UnansweredError, type VenomChildProcess } from './child-process.ts'
import { meaningOfStep, stateOfSocket } from './connection-state.ts'
import { LaunchBackoff } from './launch-backoff.ts'
import { ShownState } from './shown-state.ts'

/** What is told of messages, as the child tells it. */
export type MessageNews = Extract<ChildNews, { type: 'ack' | 'message' }>

export interface VenomConnectionOptions {
  clock: Clock
  timers: Timers
  log: Logger
  /** In [0, 1); spreads restarts. */
  random: () => number
  /** QRs shown in one go, all restarts together. */
  qrMax: number
  /** Starts a child that connects; nothing of an earlier one is left by then. */
  launch: (listeners: {
    onNews: (news: ChildNews) => void
    onEnd: (reason: string) => void
  }) => Promise<VenomChildProcess>
  /** Forgets the login that the browser keeps; no child runs by then. */
  removeLogin: () => void
  onChange: () => void
  onMessageNews: (news: MessageNews) => void
}

/** Without a sign of life for this long, a start or a QR is given up. */
const startTimeoutMs = 90_000
const probeIntervalMs = 30_000
const probeTimeoutMs = 10_000
const logOutTimeoutMs = 10_000
const closeTimeoutMs = 5_000

/**
 * Keeps a child connected: starts it, watches it, kills and restarts it when it hangs, dies or talks nonsense, shows QRs
 * up to a number and then waits for a person.
 */
export class VenomConnection {
  readonly #options: VenomConnectionOptions
  readonly #backoff: LaunchBackoff
  readonly #shown: ShownState
  #child: VenomChildProcess | null = null
  #ready = false
  #qrsShown = 0
  #waitsForPerson = false
  #closed = false
  /** Killing and launching, one after the other. */
  #work: Promise<void> = Promise.resolve()
  #cancelDeadline = (): void => {}
  #cancelLaunch = (): void => {}

  constructor(options: VenomConnectionOptions) {
    this.#options = options
    this.#backoff = new LaunchBackoff(options)
    this.#shown = new ShownState(options.clock, options.onChange)
  }

  get status(): ConnectionStatus {
    return this.#shown.status
  }

  get qrImage(): Buffer | null {
    return this.#shown.qrImage
  }

  get waitsForPerson(): boolean {
    return this.#waitsForPerson
  }

  /** Begins to connect. */
  start(): void {
    this.#work = this.#work.then(() => this.#launch())
  }

  /**
   * Asks the child.
   * @throws RefusedError, UnansweredError
   */
  async ask(request: ChildRequest, timeoutMs: number): Promise<string | null> {
    if (this.#child === null || !this.#ready) {
      throw new UnansweredError('gone')
    }
    return await this.#child.ask(request, timeoutMs)
  }

  /** Kills the child, which is taken to hang, and starts another. */
  restart(reason: string): void {
    this.#fail(reason)
  }

  async newQr(): Promise<void> {
    if (isLoggedIn(this.status.state) || this.#closed) {
      return
    }
    this.#waitsForPerson = false
    this.#qrsShown = 0
    this.#backoff.reset()
    this.#endChild()
    this.#shown.become('starting')
    this.start()
    await this.#work
  }

  async logOut(): Promise<void> {
    if (this.#child !== null && this.#ready) {
      // Without an answer the phone goes on listing this device; the login here is forgotten all the same.
      await this.#child.ask({ type: 'log_out' }, logOutTimeoutMs).catch(() => null)
    }
    this.#endChild()
    await this.#work
    this.#options.removeLogin()
    this.#waitForPerson('logged_out')
  }

  async stop(): Promise<void> {
    this.#closed = true
    if (this.#child !== null && this.#ready) {
      // A killed browser loses what it has not written yet, and with it, shortly after a login, the login.
      await this.#child.ask({ type: 'close' }, closeTimeoutMs).catch(() => null)
    }
    this.#endChild()
    await this.#work
  }

  async #launch(): Promise<void> {
    if (this.#closed || this.#waitsForPerson || this.#child !== null) {
      return
    }
    let child: VenomChildProcess | null = null
    const listens = (): boolean => child !== null && this.#child === child
    try {
      child = await this.#options.launch({
        onNews: (news) => listens() && this.#received(news),
        onEnd: (reason) => listens() && this.#fail(reason),
      })
    } catch (error) {
      this.#options.log.error({ errorName: (error as Error).name }, 'venom could not be started')
      this.#relaunchLater()
      return
    }
    this.#child = child
    this.#setDeadline(startTimeoutMs, () => this.#fail('start_timeout'))
  }

  #received(news: ChildNews): void {
    if (this.#closed) {
      return
    }
    switch (news.type) {
      case 'progress':
        this.#progressed(news.step)
        return
      case 'qr':
        this.#showQr(news.image)
        return
      case 'ready':
        this.#becomeReady()
        return
      case 'failed':
        this.#fail(news.reason)
        return
      case 'state':
        this.#socketBecame(news.state)
        return
      case 'ack':
      case 'message':
        this.#options.onMessageNews(news)
    }
  }

  #progressed(step: string): void {
    const meaning = meaningOfStep(step)
    if (meaning === 'logged_out') {
      this.#loggedOut()
    } else if (meaning === 'browser_gone') {
      this.#fail('browser_gone')
    } else if (meaning === 'goes_on' && !this.#ready) {
      // The QR was read, or none was needed.
      this.#shown.become('starting')
      this.#setDeadline(startTimeoutMs, () => this.#fail('start_timeout'))
    }
  }

  #showQr(image: string): void {
    if (this.#ready) {
      return
    }
    if (this.#qrsShown >= this.#options.qrMax) {
      this.#options.log.warn({ qrsShown: this.#qrsShown }, 'nobody read the QR codes')
      this.#endChild()
      this.#waitForPerson('logged_out')
      return
    }
    this.#qrsShown += 1
    this.#setDeadline(startTimeoutMs, () => this.#fail('qr_timeout'))
    this.#shown.showQr(this.#qrsShown, Buffer.from(image.slice(image.indexOf(',') + 1), 'base64'))
  }

  #becomeReady(): void {
    this.#ready = true
    this.#qrsShown = 0
    this.#backoff.connected()
    this.#shown.become('connected')
    this.#probeLater()
  }

  #socketBecame(word: string | null): void {
    const state = stateOfSocket(word)
    if (!this.#ready && state !== 'banned') {
      return // part of the start
    }
    if (state === 'logged_out') {
      this.#loggedOut()
    } else if (state === 'banned') {
      this.#endChild()
      this.#waitForPerson('banned')
    } else {
      this.#shown.become(state ?? 'degraded')
    }
  }

  /** The login is gone; a new child will show a QR. */
  #loggedOut(): void {
    this.#endChild()
    this.#qrsShown = 0
    this.#shown.become('logged_out')
    this.#relaunchLater()
  }

  #probeLater(): void {
    this.#setDeadline(probeIntervalMs, () => void this.#probe())
  }

  async #probe(): Promise<void> {
    const child = this.#child
    let word: string | null
    try {
      word = (await child?.ask({ type: 'probe' }, probeTimeoutMs)) ?? null
    } catch {
      if (this.#child === child) {
        this.#fail('probe_timeout')
      }
      return
    }
    if (this.#child === child && this.#ready) {
      this.#socketBecame(word)
      if (this.#ready) {
        this.#probeLater()
      }
    }
  }

  #fail(reason: string): void {
    if (this.#closed || this.#child === null) {
      return
    }
    this.#options.log.warn({ reason, state: this.status.state }, 'venom is restarted')
    this.#endChild()
    this.#shown.become('starting')
    this.#relaunchLater()
  }

  #relaunchLater(): void {
    this.#cancelLaunch()
    if (!this.#closed && !this.#waitsForPerson) {
      this.#cancelLaunch = this.#options.timers.setTimer(() => this.start(), this.#backoff.nextDelayMs())
    }
  }

  #waitForPerson(state: 'logged_out' | 'banned'): void {
    this.#waitsForPerson = true
    this.#cancelLaunch()
    this.#shown.become(state)
  }

  #endChild(): void {
    this.#cancelDeadline()
    this.#cancelLaunch()
    const child = this.#child
    this.#child = null
    this.#ready = false
    if (child !== null) {
      // Begun at once; what comes next waits until it is done.
      const killed = child.kill()
      this.#work = this.#work.then(() => killed)
    } else {
      // One that is being launched right now is ended as soon as it is there.
      this.#work = this.#work.then(() => this.#endLaunched())
    }
  }

  async #endLaunched(): Promise<void> {
    if (this.#child !== null) {
      this.#cancelDeadline()
      const child = this.#child
      this.#child = null
      await child.kill()
    }
  }

  #setDeadline(delayMs: number, onDeadline: () => void): void {
    this.#cancelDeadline()
    this.#cancelDeadline = this.#options.timers.setTimer(onDeadline, delayMs)
  }
}
