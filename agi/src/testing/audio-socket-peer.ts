import { connect, type Socket } from 'node:net'
import { AudioSocketReader, encodeFrame, frameTypes } from '../voice-note/audio-socket-frames.ts'

/** Asterisk's side of an AudioSocket connection. */
export class AudioSocketPeer {
  readonly #socket: Socket
  readonly #reader = new AudioSocketReader()
  #heard: Buffer[] = []
  #isDismissed = false
  /** When the connection is over, whoever ended it. */
  readonly closed: Promise<void>

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (piece) => {
      for (const { type, payload } of this.#reader.read(piece)) {
        if (type === frameTypes.audio) {
          this.#heard.push(payload)
        }
        this.#isDismissed ||= type === frameTypes.hangup
      }
    })
    socket.on('error', () => {})
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
  }

  static async connect(port: number): Promise<AudioSocketPeer> {
    const socket = connect({ host: '127.0.0.1', port })
    const peer = new AudioSocketPeer(socket)
    // A service that has no room closes at once.
    await Promise.race([new Promise((resolve) => socket.once('connect', resolve)), peer.closed])
    return peer
  }

  /** Connects with a UUID, as the application does. */
  static async open(port: number, uuid: string): Promise<AudioSocketPeer> {
    const peer = await AudioSocketPeer.connect(port)
    peer.send(frameTypes.uuid, Buffer.from(uuid.replaceAll('-', ''), 'hex'))
    return peer
  }

  /** Samples that the caller heard so far. */
  get heard(): Buffer {
    return Buffer.concat(this.#heard)
  }

  /** The service said that the channel may go back. */
  get isDismissed(): boolean {
    return this.#isDismissed
  }

  send(type: number, payload?: Buffer): void {
    this.write(encodeFrame(type, payload))
  }

  /** Bytes as they are: half a frame, or none. */
  write(bytes: Uint8Array): void {
    this.#socket.write(bytes)
  }

  say(samples: Buffer): void {
    for (let at = 0; at < samples.length; at += 320) {
      this.send(frameTypes.audio, samples.subarray(at, at + 320))
    }
  }

  press(key: string): void {
    this.send(frameTypes.key, Buffer.from(key))
  }

  /** Hangs up, when what was sent is on its way. */
  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }
}

/** Mono 16-bit samples, 8,000 a second, each telling its place. */
export function countedSamples(seconds: number): Buffer {
  const samples = Buffer.alloc(seconds * 16_000)
  for (let index = 0; index < samples.length / 2; index += 1) {
    samples.writeInt16LE(index % 30_000, index * 2)
  }
  return samples
}
