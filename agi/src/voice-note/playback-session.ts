import { type DtmfKey, isDtmfKey } from 'asterisk-agi'
import type { AudioSocketConnection, AudioSocketSession } from './audio-socket-server.ts'
import { PacedSender } from './paced-sender.ts'

/** Has the caller hear a recording; a key stops it. */
export class PlaybackSession implements AudioSocketSession {
  readonly #samples: Buffer
  readonly #sender = new PacedSender()
  #connection: AudioSocketConnection | null = null
  #key: DtmfKey | null = null

  /** @param samples Mono 16-bit, 8,000 a second. */
  constructor(samples: Buffer) {
    this.#samples = samples
  }

  /** The key that stopped it. */
  get stoppedBy(): DtmfKey | null {
    return this.#key
  }

  /** Whether Asterisk came for it. */
  get hasBegun(): boolean {
    return this.#connection !== null
  }

  begin(connection: AudioSocketConnection): void {
    this.#connection = connection
    this.#sender.start(this.#samples, connection.send, connection.finish)
  }

  audio(): void {
    // What the caller says meanwhile is nobody's.
  }

  key(key: string): void {
    if (this.#key === null && isDtmfKey(key)) {
      this.#key = key
      this.end()
      this.#connection?.finish()
    }
  }

  end(): void {
    this.#sender.stop()
  }
}
