import type { Logger } from '@ura/core/logger'
import type { Line } from '../call/line.ts'
import { bytesPerSecond } from './audio-socket-frames.ts'
import type { AudioSocketServer, AudioSocketSession } from './audio-socket-server.ts'
import { PlaybackSession } from './playback-session.ts'
import { RecordingSession } from './recording-session.ts'

const application = 'AudioSocket'
const module = 'app_audiosocket.so'
/** Below it nobody has said anything: the time it takes to find the `#`. */
const shortestMs = 700
/** Recordings in memory at once, each of at most 1 MB. */
const recordingsMax = 100

/** A recording before it is anywhere but in memory. */
export interface Recording {
  /** Mono 16-bit samples, 8,000 a second. */
  readonly samples: Buffer
}

/**
 * What came of asking the caller to speak: `failed` when Asterisk could not bring the sound here, `nothing` when hardly
 * any came.
 */
export type RecordingEnd = Recording | 'nothing' | 'failed'

/** Records callers, and has them hear it, over Asterisk's AudioSocket: nothing of it lies on the PBX. */
export class VoiceRecorder {
  readonly #server: AudioSocketServer
  readonly #address: () => string
  readonly #secondsMax: number
  readonly #log: Logger
  #running = 0
  #isMissingTold = false

  /** @param options.address `host:port` at which Asterisk reaches the server. */
  constructor(options: {
    server: AudioSocketServer
    address: () => string
    secondsMax: number
    log: Logger
  }) {
    this.#server = options.server
    this.#address = options.address
    this.#secondsMax = options.secondsMax
    this.#log = options.log
  }

  /** Whether this caller's Asterisk has the application, and there is room. */
  async isAvailable(line: Line): Promise<boolean> {
    if (this.#running >= recordingsMax) {
      this.#log.warn({ running: this.#running }, 'no voice note is offered: too many recordings at once')
      return false
    }
    const isLoaded = await line.hasModule(module)
    if (!isLoaded && !this.#isMissingTold) {
      this.#log.warn({ module }, 'no voice note is offered: Asterisk has not loaded the module')
    }
    this.#isMissingTold = !isLoaded
    return isLoaded
  }

  /**
   * A tone, then what the caller says until `#`, the longest time, or their hangup: what was said by then is given as
   * well.
   */
  async record(line: Line): Promise<RecordingEnd> {
    const session = new RecordingSession({ secondsMax: this.#secondsMax })
    this.#running += 1
    try {
      await this.#converse(line, session)
    } finally {
      this.#running -= 1
    }
    const { samples } = session
    if (samples.length >= (shortestMs / 1_000) * bytesPerSecond) {
      return { samples }
    }
    return session.hasBegun ? 'nothing' : 'failed'
  }

  /** Has the caller hear a recording; a key stops it and answers the next question. False when they heard nothing. */
  async play(line: Line, { samples }: Recording): Promise<boolean> {
    const session = new PlaybackSession(samples)
    await this.#converse(line, session)
    if (session.stoppedBy !== null) {
      line.keyed(session.stoppedBy)
    }
    return session.hasBegun
  }

  async #converse(line: Line, session: AudioSocketSession): Promise<void> {
    const expected = this.#server.expect(session)
    try {
      const result = await line.handOver(application, `${expected.uuid},${this.#address()}`)
      if (result !== 0) {
        this.#log.info({ result }, 'AudioSocket ended with an error or a hangup')
      }
    } finally {
      await expected.close()
    }
  }
}
