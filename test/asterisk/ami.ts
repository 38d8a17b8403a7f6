import { createConnection, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** One AMI message: header → value, as Asterisk 22 sends it (docs/AMI: "Key: Value", blank line between). */
export type AmiMessage = Record<string, string>

/** A connection to an Asterisk's manager interface. */
export type Ami = {
  /** Calls `listener` for each event from now on; gives the function that ends it. */
  onEvent: (listener: (event: AmiMessage) => void) => () => void
  /**
   * The first event that matches: one already seen since the connection was made, or the next to come.
   *
   * @throws Error after `timeoutMs`, or when the connection closes.
   */
  waitForEvent: (options: {
    matches: (event: AmiMessage) => boolean
    timeoutMs: number
  }) => Promise<AmiMessage>
  /**
   * Sends an action and gives its reply.
   *
   * @throws Error when there is none within 5 s, or it says that the action failed.
   */
  send: (action: AmiMessage) => Promise<AmiMessage>
  /** Runs a command of Asterisk's console and gives its output. */
  command: (text: string) => Promise<string>
  close: () => void
}

const messageCharactersMax = 1_000_000
/** At least the last ones so many. */
const eventsKept = 10_000
const replyTimeoutMs = 5_000

/**
 * Connects to AMI on loopback as user `test`, trying again until Asterisk listens.
 *
 * @throws Error when there is no connection within `timeoutMs`, or the secret is refused.
 */
export async function connectAmi(options: { port: number; secret: string; timeoutMs: number }): Promise<Ami> {
  const socket = await connectWhenUp(options.port, performance.now() + options.timeoutMs)
  const seen: AmiMessage[] = []
  const listeners = new Set<(event: AmiMessage) => void>()
  const replies = new Map<string, (reply: AmiMessage) => void>()
  let actionsSent = 0

  readMessages(socket, (message) => {
    if (message['Response'] !== undefined) return replies.get(message['ActionID'] ?? '')?.(message)
    seen.push(message)
    if (seen.length > 2 * eventsKept) seen.splice(0, eventsKept)
    for (const listener of listeners) listener(message)
  })

  const send = async (action: AmiMessage): Promise<AmiMessage> => {
    actionsSent += 1
    const id = String(actionsSent)
    const { promise, resolve } = Promise.withResolvers<AmiMessage>()
    replies.set(id, resolve)
    const lines = Object.entries({ ...action, ActionID: id }).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`${lines.join('')}\r\n`)
    const stop = new AbortController()
    try {
      const late = delay(replyTimeoutMs, undefined, { signal: stop.signal }).then(() => undefined)
      const reply = await Promise.race([promise, late])
      if (reply === undefined)
        throw new Error(`AMI: no reply to ${action['Action']} within ${replyTimeoutMs} ms`)
      if (reply['Response'] === 'Error') throw new Error(`AMI: ${action['Action']}: ${reply['Message']}`)
      return reply
    } finally {
      stop.abort()
      replies.delete(id)
    }
  }

  const onEvent: Ami['onEvent'] = (listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const waitForEvent: Ami['waitForEvent'] = async ({ matches, timeoutMs }) => {
    const { promise, resolve, reject } = Promise.withResolvers<AmiMessage>()
    const timer = setTimeout(() => reject(new Error(`AMI: no such event within ${timeoutMs} ms`)), timeoutMs)
    const stopListening = onEvent((event) => {
      if (matches(event)) resolve(event)
    })
    const onClose = () => reject(new Error('AMI: the connection closed'))
    socket.once('close', onClose)
    const already = seen.find(matches)
    if (already !== undefined) resolve(already)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      stopListening()
      socket.off('close', onClose)
    }
  }

  await send({ Action: 'Login', Username: 'test', Secret: options.secret })
  return {
    onEvent,
    waitForEvent,
    send,
    command: async (text) => (await send({ Action: 'Command', Command: text }))['Output'] ?? '',
    close: () => socket.destroy(),
  }
}

async function connectWhenUp(port: number, deadlineMs: number): Promise<Socket> {
  for (;;) {
    const socket = createConnection({ host: '127.0.0.1', port })
    const { promise, resolve } = Promise.withResolvers<Error | undefined>()
    socket.once('connect', () => resolve(undefined))
    socket.once('error', resolve)
    const failure = await promise
    if (failure === undefined) {
      socket.on('error', () => socket.destroy()) // Asterisk is killed at the end of a test
      return socket
    }
    if (performance.now() > deadlineMs) throw new Error('AMI: nothing listens', { cause: failure })
    await delay(50)
  }
}

function readMessages(socket: Socket, onMessage: (message: AmiMessage) => void): void {
  let pending = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    pending += text.replace(/^Asterisk Call Manager\/.*\r\n/, '')
    if (pending.length > messageCharactersMax) socket.destroy(new Error('AMI: a message without an end'))
    const blocks = pending.split('\r\n\r\n')
    pending = blocks.pop() ?? ''
    for (const block of blocks) onMessage(parseMessage(block))
  })
}

/** One AMI block without its blank line; lines of the same name (a command's `Output`) are joined by newlines. */
function parseMessage(block: string): AmiMessage {
  const message: AmiMessage = {}
  for (const line of block.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon === -1) continue
    const name = line.slice(0, colon)
    const value = line.slice(colon + 1).trimStart()
    message[name] = message[name] === undefined ? value : `${message[name]}\n${value}`
  }
  return message
}
