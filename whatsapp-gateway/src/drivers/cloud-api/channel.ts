import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import type { Timers } from '../../outbox/timers.ts'
import type { ConnectionState, ConnectionStatus } from '../driver.ts'
import { stateOfPause } from './graph-error.ts'

/** Whether Meta takes our token: `unreachable` = nobody answered, or nothing that tells. */
export type ProbeResult = 'accepted' | 'refused' | 'unreachable'

export interface ChannelOptions {
  clock: Clock
  timers: Timers
  log: Logger
  probe: () => Promise<ProbeResult>
}

/** A lost login is asked about at this pace: a new permission or an unlocked token is noticed. */
const loginProbeMs = 60_000
/** A blocked account is left alone for longer each time, for trying is what keeps it blocked. */
const blockedPauseMs = 5 * 60_000
const blockedPauseMsMax = 60 * 60_000
/** So many faults in a row show as `degraded`. */
const faultsMax = 3

/**
 * Whether anything can be sent over the phone number. `connected`: as usual. `degraded`: sends fail one after another,
 * or one is being tried after a pause. `logged_out`, `banned`: Meta refuses whatever is sent; nothing is, until a probe
 * and one message tried alone say otherwise.
 */
export class Channel {
  readonly #options: ChannelOptions
  #status: ConnectionStatus
  #onChange = (): void => {}
  #phase: 'open' | 'paused' | 'trial' = 'paused'
  #trialUnderWay = false
  #faults = 0
  #pauses = 0
  #stopped = false
  #cancelTimer = (): void => {}

  constructor(options: ChannelOptions) {
    this.#options = options
    this.#status = { state: 'starting', since: options.clock.now(), qrAttempt: null, qrExpiresAt: null }
  }

  get status(): ConnectionStatus {
    return this.#status
  }

  /** Asks whether the token is good, in the background; each change of state from now on is told. */
  start(onChange: () => void): void {
    this.#onChange = onChange
    void this.#resume('open')
  }

  stop(): void {
    this.#stopped = true
    this.#onChange = () => {}
    this.#cancelTimer()
  }

  /** Lets a message be sent now: gives what is to be called when its send is over; null = not now. */
  enter(): (() => void) | null {
    if (this.#phase === 'paused' || this.#trialUnderWay) {
      return null
    }
    if (this.#phase === 'open') {
      return () => {}
    }
    this.#trialUnderWay = true
    return () => {
      this.#trialUnderWay = false
    }
  }

  /** Meta dealt with a message: it took it, or refused that message alone. */
  works(): void {
    this.#faults = 0
    if (this.#phase !== 'paused') {
      this.#pauses = 0
      this.#phase = 'open'
      this.#become('connected')
    }
  }

  /** A send came to nothing without being the message's fault, or nobody knows what it came to. */
  faulted(): void {
    this.#faults += 1
    if (this.#phase === 'open' && this.#faults >= faultsMax) {
      this.#become('degraded')
    }
  }

  /** Meta refuses the token, the permission or the account, by this error code: nothing goes for now. */
  pause(code: number): void {
    if (this.#phase === 'paused') {
      return
    }
    const state = stateOfPause(code)
    const pauseMs =
      state === 'logged_out'
        ? loginProbeMs
        : Math.min(blockedPauseMsMax, blockedPauseMs * 2 ** Math.min(this.#pauses, 10))
    this.#pauses += 1
    this.#phase = 'paused'
    this.#options.log.error({ graphCode: code, state, pauseMs }, 'WhatsApp channel paused')
    this.#wait(pauseMs)
    this.#become(state)
  }

  #wait(pauseMs: number): void {
    this.#cancelTimer()
    if (!this.#stopped) {
      this.#cancelTimer = this.#options.timers.setTimer(() => void this.#resume('trial'), pauseMs)
    }
  }

  /** Goes on in a phase unless the token is refused. */
  async #resume(phase: 'open' | 'trial'): Promise<void> {
    const result = await this.#options.probe()
    if (this.#stopped) {
      return
    }
    if (result === 'refused') {
      if (this.#status.state === 'starting') {
        this.#options.log.error({ state: 'logged_out' }, 'the Cloud API refuses WHATSAPP_CLOUD_TOKEN')
      }
      this.#wait(loginProbeMs)
      this.#become('logged_out')
      return
    }
    this.#phase = phase
    this.#become(phase === 'open' && result === 'accepted' ? 'connected' : 'degraded')
  }

  #become(state: ConnectionState): void {
    if (this.#status.state !== state) {
      this.#status = { ...this.#status, state, since: this.#options.clock.now() }
      this.#options.log.info({ state }, 'WhatsApp connection changed')
      this.#onChange()
    }
  }
}
