import { createHash } from 'node:crypto'
import type { Clock } from '@ura/core/clock'
import {
  type AccessCodeMessage,
  firstChannel,
  type MessageChannel,
  type MessageDelivery,
  type MessageGateway,
  MessageNotAcceptedError,
  type TextMessage,
} from '../gateway/message-gateway.ts'
import type { SpeechService } from '../speech/speech-service.ts'
import { noReasons } from '../speech/speech-report.ts'

/** A clock that stands until it is moved. */
export interface FakeClock extends Clock {
  advance(time: { minutes?: number; seconds?: number; hours?: number }): void
  set(instant: string): void
}

export function createFakeClock(instant = '2026-11-23T14:00:00.000Z'): FakeClock {
  let nowMs = Date.parse(instant)
  return {
    now: () => new Date(nowMs),
    advance({ hours = 0, minutes = 0, seconds = 0 }) {
      nowMs += ((hours * 60 + minutes) * 60 + seconds) * 1000
    },
    set(other) {
      nowMs = Date.parse(other)
    },
  }
}

/** A gateway that keeps what it is given; `fault` makes it refuse, `hold` makes it wait. */
interface FakeGateway extends MessageGateway {
  codes: AccessCodeMessage[]
  texts: TextMessage[]
  fault: string | null
  hold: Promise<void> | null
  /** The channel that takes what has two addresses. */
  preferred: MessageChannel
  /** What is told of every key; null: nothing is known. */
  delivery: MessageDelivery | null
  /** The keys that were asked for. */
  lookedUp: string[]
}

export function createFakeGateway(): FakeGateway {
  const gateway: FakeGateway = {
    codes: [],
    texts: [],
    fault: null,
    hold: null,
    preferred: 'whatsapp',
    delivery: { channel: 'whatsapp', state: 'queued', fallback: null },
    lookedUp: [],
    async sendAccessCode(message) {
      await gateway.hold
      refuseOnFault(gateway)
      gateway.codes.push(message)
      return channelOf(gateway, message)
    },
    async sendText(message) {
      await gateway.hold
      refuseOnFault(gateway)
      gateway.texts.push(message)
      return channelOf(gateway, message)
    },
    async findDelivery(idempotencyKey) {
      gateway.lookedUp.push(idempotencyKey)
      return gateway.fault === null ? gateway.delivery : null
    },
    isAvailable: async () => gateway.fault === null,
  }
  return gateway
}

function channelOf({ preferred }: FakeGateway, message: AccessCodeMessage | TextMessage): MessageChannel {
  const hasBoth = message.phone !== null && message.email !== null
  return hasBoth ? preferred : firstChannel(message)
}

function refuseOnFault(gateway: FakeGateway): void {
  if (gateway.fault !== null) {
    throw new MessageNotAcceptedError(gateway.fault)
  }
}

/** Speech whose sound is the text itself; `isDown` makes every new text unspeakable. */
interface FakeSpeech extends SpeechService {
  spoken: string[]
  sweeps: number
  isDown: boolean
}

export function createFakeSpeech(): FakeSpeech {
  const files = new Map<string, Buffer>()
  const speech: FakeSpeech = {
    spoken: [],
    sweeps: 0,
    isDown: false,
    async speak({ text }) {
      if (speech.isDown) {
        return null
      }
      speech.spoken.push(text)
      const audioName = `${createHash('sha256').update(text).digest('hex')}.wav`
      files.set(audioName, Buffer.from(text))
      return { audioName }
    },
    async open(audioName) {
      const bytes = files.get(audioName)
      return bytes === undefined
        ? null
        : { bytes, sizeBytes: bytes.length, etag: `"${bytes.length}"`, modifiedAt: new Date(0) }
    },
    remove: async (audioName) => files.delete(audioName),
    isAudioName: (name) => /^[0-9a-f]{64}\.wav$/.test(name),
    async sweep() {
      speech.sweeps += 1
      return { expired: 0, evicted: 0, bytes: 0 }
    },
    stats: () => ({
      synthesized: speech.spoken.length,
      characters: 0,
      cacheHits: 0,
      joined: 0,
      failures: 0,
      silences: noReasons(),
      fallbacks: noReasons(),
      breakers: [{ synthesizer: 'fake', state: speech.isDown ? 'open' : 'closed' }],
      isStorageFailing: false,
    }),
    close: async () => undefined,
  }
  return speech
}
