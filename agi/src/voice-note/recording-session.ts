import { bytesPerSecond, samplesPerSecond } from './audio-socket-frames.ts'
import type { AudioSocketConnection, AudioSocketSession } from './audio-socket-server.ts'
import { PacedSender } from './paced-sender.ts'

const toneHz = 1_000
const toneMs = 300
/** A fifth of full scale, -14 dBFS: about as loud as the prompts. */
const toneAmplitude = 6_500

/** Has the caller hear a tone and keeps what they say then, until `#`, the time is over, or they are gone. */
export class RecordingSession implements AudioSocketSession {
  readonly #secondsMax: number
  readonly #tone = new PacedSender()
  #connection: AudioSocketConnection | null = null
  #isRecording = false
  #pieces: Buffer[] = []
  #sizeBytes = 0
  #limit: NodeJS.Timeout | undefined

  constructor(options: { secondsMax: number }) {
    this.#secondsMax = options.secondsMax
  }

  /** Mono 16-bit samples so far, at most as many as the time has. */
  get samples(): Buffer {
    return Buffer.concat(this.#pieces)
  }

  /** Whether Asterisk came for it. */
  get hasBegun(): boolean {
    return this.#connection !== null
  }

  begin(connection: AudioSocketConnection): void {
    this.#connection = connection
    this.#tone.start(makeTone(), connection.send, () => {
      this.#isRecording = true
      // A phone that sends nothing in silence brings fewer samples than the time has.
      this.#limit = setTimeout(() => this.#finish(), this.#secondsMax * 1_000)
    })
  }

  audio(samples: Buffer): void {
    if (!this.#isRecording) {
      return
    }
    const left = this.#secondsMax * bytesPerSecond - this.#sizeBytes
    const piece = Buffer.from(samples.subarray(0, Math.min(left, samples.length & ~1)))
    this.#pieces.push(piece)
    this.#sizeBytes += piece.length
    if (piece.length === left) {
      this.#finish()
    }
  }

  key(key: string): void {
    if (key === '#') {
      this.#finish()
    }
  }

  end(): void {
    this.#isRecording = false
    this.#tone.stop()
    clearTimeout(this.#limit)
  }

  #finish(): void {
    this.end()
    this.#connection?.finish()
  }
}

/** The tone before a recording. */
export function makeTone(): Buffer {
  const count = (samplesPerSecond * toneMs) / 1_000
  const tone = Buffer.alloc(count * 2)
  for (let index = 0; index < count; index += 1) {
    const value = toneAmplitude * Math.sin((2 * Math.PI * toneHz * index) / samplesPerSecond)
    tone.writeInt16LE(Math.round(value), index * 2)
  }
  return tone
}
