/** One ARI event, as Asterisk 22 sends it (rest-api/api-docs/events.json); only what this project reads. */
export type AriEvent = {
  type: string
  args?: string[]
  cause?: number
  channel?: { id: string; name: string; caller: { name: string; number: string } }
  playback?: { target_uri: string }
  recording?: { name: string; state: string; cause?: string }
}

/** A connection to an Asterisk's REST interface, with the events of one Stasis application. */
export type Ari = {
  /**
   * One request: path below `/ari/`, with its query parameters and, if any, a JSON body.
   *
   * @throws AriError when Asterisk refuses.
   */
  request: (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    options?: { query?: Record<string, string>; body?: unknown },
  ) => Promise<unknown>
  /** Calls `listener` for each event from now on; gives the function that ends it. */
  onEvent: (listener: (event: AriEvent) => void) => () => void
  close: () => void
}

/** Asterisk refused a request: 404 for a channel that is gone, 409 for one that is about to go. */
export class AriError extends Error {
  readonly status: number

  constructor(message: string, status: number) {
    super(message)
    this.name = 'AriError'
    this.status = status
  }
}

const requestTimeoutMs = 5_000

/**
 * Connects to ARI on loopback as user `test` and subscribes to the events of `application`.
 *
 * @throws Error when the WebSocket can't be opened.
 */
export async function connectAri(options: {
  port: number
  password: string
  application: string
}): Promise<Ari> {
  const { port, password, application } = options
  const query = new URLSearchParams({ app: application, api_key: `test:${password}` })
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ari/events?${query.toString()}`)
  const { promise: opened, resolve, reject } = Promise.withResolvers<void>()
  socket.addEventListener('open', () => resolve())
  socket.addEventListener('error', () => reject(new Error('ARI: the event socket failed')))
  await opened

  const listeners = new Set<(event: AriEvent) => void>()
  socket.addEventListener('message', (message) => {
    const event = JSON.parse(String(message.data)) as AriEvent // our own Asterisk, in a test
    for (const listener of listeners) listener(event)
  })
  const authorization = `Basic ${Buffer.from(`test:${password}`).toString('base64')}`
  return {
    request: async (method, path, { query: parameters = {}, body } = {}) => {
      const search = new URLSearchParams(parameters).toString()
      const response = await fetch(`http://127.0.0.1:${port}/ari/${path}?${search}`, {
        method,
        headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(requestTimeoutMs),
      })
      const text = await response.text()
      if (!response.ok)
        throw new AriError(`ARI ${method} ${path}: ${response.status} ${text}`, response.status)
      return text === '' ? undefined : JSON.parse(text)
    },
    onEvent: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => socket.close(),
  }
}
