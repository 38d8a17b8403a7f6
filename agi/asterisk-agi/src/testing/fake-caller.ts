/** What the person at the other end does; all are asked, never told, so that a test may leave them out. */
export interface FakeCaller {
  /**
   * A file starts to play; the promise is how long it plays (default: at once).
   *
   * @param signal Aborted when a key, a hangup or the server's next line stops the file.
   */
  hears?(file: string, signal: AbortSignal): void | Promise<void>
  /**
   * The channel waits for a key and none is queued. Gives keys ('1001#': the first answers, the rest are keyed
   * ahead), null for nothing pressed (the wait then times out), or 'hangup'. The promise may stay pending: the
   * time-out wins, and a later answer is dropped.
   *
   * @param wait.timeoutMs Time of the wait in the call, not divided by the speed; Infinity for no end.
   * @param wait.lastFiles Files played since the last key: none in the wait between two digits.
   */
  asked?(wait: { timeoutMs: number; lastFiles: readonly string[] }): FakeAnswer | Promise<FakeAnswer>
  /**
   * RECORD FILE begins to record. As `asked`: keys, null for no key (the recording then ends by its time or by the
   * silence that was asked for), or 'hangup'.
   *
   * @param recording.timeoutMs Its longest time in the call; Infinity for no end.
   */
  speaks?(recording: { file: string; format: string; timeoutMs: number }): FakeAnswer | Promise<FakeAnswer>
  /** RECEIVE TEXT or RECEIVE CHAR waits and no text is queued. Gives a text, or null for none. */
  askedForText?(wait: { timeoutMs: number }): string | null | Promise<string | null>
}

/** Keys, null for nothing, or 'hangup' for the receiver put down. */
export type FakeAnswer = string | null
