import { setTimeout as sleep } from 'node:timers/promises'

export interface InboxMessage {
  id: string
  to: string
  text: string
}

const pollMs = 50
const codeWaitMs = 10_000

/** The messages that the gateway's console driver keeps, from the moment the inbox was opened. */
export class WhatsAppInbox {
  readonly #url: string
  readonly #token: string
  readonly #arrived: (message: InboxMessage) => void
  #next: number | null = null
  #newestCode: string | null = null
  #looking: Promise<void> | null = null
  #closed = false
  #timer: NodeJS.Timeout | undefined

  private constructor(options: { url: string; token: string; arrived: (message: InboxMessage) => void }) {
    this.#url = options.url
    this.#token = options.token
    this.#arrived = options.arrived
  }

  /** Skips what is there already and looks for new messages until closed. */
  static async open(options: {
    url: string
    token: string
    arrived: (message: InboxMessage) => void
  }): Promise<WhatsAppInbox> {
    const inbox = new WhatsAppInbox(options)
    inbox.#next = (await inbox.#read()).next
    inbox.#pollLater()
    return inbox
  }

  /** The newest access code that has not been taken yet; waits up to 10 s for one. */
  async takeNewestCode(): Promise<string | null> {
    for (let waitedMs = 0; waitedMs < codeWaitMs; waitedMs += pollMs) {
      await this.#look()
      if (this.#newestCode !== null) {
        const code = this.#newestCode
        this.#newestCode = null
        return code
      }
      await sleep(pollMs)
    }
    return null
  }

  /** Leaves out the codes that have come so far: the next one taken is one sent from now on. */
  async forgetCodes(): Promise<void> {
    await this.#look()
    this.#newestCode = null
  }

  /** Looks a last time, then no more. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#look()
  }

  #pollLater(): void {
    if (this.#closed) {
      return
    }
    this.#timer = setTimeout(() => {
      void this.#look().then(() => this.#pollLater())
    }, pollMs)
    this.#timer.unref()
  }

  /** One look at a time, so that no message arrives twice. */
  #look(): Promise<void> {
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = null
    })
    return this.#looking
  }

  /** The gateway may be away for a moment; the next look finds what this one missed. */
  async #lookOnce(): Promise<void> {
    const read = await this.#read().catch(() => null)
    this.#next = read?.next ?? this.#next
    for (const message of read?.messages ?? []) {
      this.#newestCode = /código de acesso é (\d{4,8})/.exec(message.text)?.[1] ?? this.#newestCode
      this.#arrived(message)
    }
  }

  async #read(): Promise<{ messages: InboxMessage[]; next: number }> {
    const after = this.#next === null ? '' : `?after=${this.#next}`
    const response = await fetch(`${this.#url}/api/messages${after}`, {
      headers: { authorization: `Bearer ${this.#token}` },
      signal: AbortSignal.timeout(5_000),
    })
    if (!response.ok) {
      throw new Error(`o gateway de WhatsApp respondeu HTTP ${response.status}`)
    }
    return (await response.json()) as { messages: InboxMessage[]; next: number }
  }
}
