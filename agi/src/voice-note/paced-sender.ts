import { bytesPerSecond } from './audio-socket-frames.ts'

const frameMs = 20
const frameBytes = (bytesPerSecond * frameMs) / 1_000
/**
 * Asterisk passes on what it gets at once, and a burst of more than 80 ms (640 samples) shows in the timestamps of RTP
 * (22.10, res_rtp_asterisk.c: MAX_TIMESTAMP_SKEW). A little ahead, a timer that is late is not heard.
 */
const aheadMs = 60

/** Sends samples as fast as they are heard, a frame each 20 ms. */
export class PacedSender {
  #timer: NodeJS.Timeout | undefined

  /** @param done Called once, when the last has been heard; never after `stop`. */
  start(samples: Buffer, send: (frame: Buffer) => void, done: () => void): void {
    const startedAt = performance.now()
    let sentBytes = 0
    const sendDue = (): void => {
      const heardMs = performance.now() - startedAt
      while (sentBytes < samples.length && (sentBytes / bytesPerSecond) * 1_000 < heardMs + aheadMs) {
        send(samples.subarray(sentBytes, sentBytes + frameBytes))
        sentBytes += frameBytes
      }
      const leftMs = (samples.length / bytesPerSecond) * 1_000 - heardMs
      this.#timer = leftMs <= 0 ? undefined : setTimeout(sendDue, Math.min(frameMs, leftMs))
      if (leftMs <= 0) {
        done()
      }
    }
    sendDue()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
