import { Worker } from 'node:worker_threads'
import type { Mp3Audio, PcmAudio } from './synthesizer.ts'
import type { TelephonyRateHz } from './telephony-audio.ts'
import { ThreadQueue } from './thread-queue.ts'

/** Makes speech fit for a phone call, off the event loop. */
export interface TelephonyFinisher {
  /**
   * @throws SpeechInputError when the sound is silence, no MP3 or one that was cut off
   * @throws SpeechBusyError when its turn doesn't come in time
   * @throws SpeechUnavailableError when it can't be done now
   */
  finish(audio: PcmAudio | Mp3Audio, signal: AbortSignal): Promise<PcmAudio>
  close(): Promise<void>
}

/**
 * `toTelephonyAudio` (and the decoding of MP3 before it) in a thread of its own: a menu of 15 s takes some 40 ms of computing and the event loop carries
 * calls. Whatever synthesizer made the sound.
 */
export function createTelephonyFinisher(options: { sampleRateHz: TelephonyRateHz }): TelephonyFinisher {
  const { sampleRateHz } = options
  const queue = new ThreadQueue<{ audio: PcmAudio | Mp3Audio; sampleRateHz: TelephonyRateHz }, PcmAudio>({
    name: 'audio finishing',
    startWorker: () => new Worker(new URL('telephony-worker.ts', import.meta.url)),
    jobTimeoutMs: 4_000,
  })
  return {
    finish: (audio, signal) => queue.run({ audio, sampleRateHz }, signal),
    close: () => queue.close(),
  }
}
