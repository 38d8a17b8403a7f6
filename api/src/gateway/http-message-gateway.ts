import { setTimeout as pause } from 'node:timers/promises'
import { readDelivery } from './message-delivery.ts'
import {
  firstChannel,
  type MessageAddresses,
  type MessageChannel,
  type MessageGateway,
  MessageNotAcceptedError,
  type TextMessage,
} from './message-gateway.ts'

interface HttpMessageGatewayOptions {
  /** Base address, without a trailing slash. */
  url: string
  token: string
  /** Longest wait for one answer; default 4,000. */
  timeoutMs?: number
  /** Pauses before each further try after a connection fault; default 200, 500, 1,000. */
  retryPausesMs?: readonly number[]
}

const timeoutMsDefault = 4_000
const retryPausesMsDefault = [200, 500, 1_000]
const stateTimeoutMs = 800

/** Longest time that handing over a message takes with the defaults, all tries together: 5,700 ms. */
export const sendMsMax = longestSendMs(timeoutMsDefault, retryPausesMsDefault)

/**
 * The gateway over HTTP (`POST /api/send-message`). A connection that can't be made or breaks is tried again,
 * at most three times, under the same key; an answer that is a refusal, or no answer in time, is final. An e-mail address
 * that the gateway refuses doesn't keep a message from WhatsApp.
 */
export function createHttpMessageGateway(options: HttpMessageGatewayOptions): MessageGateway {
  const { url, token, timeoutMs = timeoutMsDefault, retryPausesMs = retryPausesMsDefault } = options

  async function send(
    { phone, email }: MessageAddresses,
    content: object,
    message: Pick<TextMessage, 'idempotencyKey' | 'requestId'>,
  ): Promise<MessageChannel> {
    const deadline = AbortSignal.timeout(longestSendMs(timeoutMs, retryPausesMs))
    const toPhone = { ...(phone !== null && { phone }), ...content }
    const usual = firstChannel({ phone, email })
    try {
      const toBoth = { ...toPhone, ...(email !== null && { email }) }
      return (await post(toBoth, message, deadline)) ?? usual
    } catch (error) {
      const isRefused = error instanceof MessageNotAcceptedError && error.reason === 'http_400'
      if (!isRefused || phone === null || email === null) {
        throw error
      }
      return (await post(toPhone, message, deadline)) ?? usual
    }
  }

  async function post(
    body: object,
    message: Pick<TextMessage, 'idempotencyKey' | 'requestId'>,
    deadline: AbortSignal,
  ): Promise<MessageChannel | null> {
    const { idempotencyKey, requestId } = message
    const headers = {
      'idempotency-key': idempotencyKey,
      ...(requestId === undefined ? {} : { 'x-request-id': requestId }),
    }
    let mayHaveGone = false
    for (let failures = 0; ; failures += 1) {
      try {
        return await postOnce(body, headers, AbortSignal.any([AbortSignal.timeout(timeoutMs), deadline]))
      } catch (error) {
        const failure = toNotAccepted(error)
        const pauseMs = retryPausesMs[failures]
        mayHaveGone ||= failure.reason === 'connection_lost'
        if (!failure.reason.startsWith('connection') || pauseMs === undefined) {
          // What a later try was told is no word about the one that broke.
          throw mayHaveGone && failure.isSurelyUnsent
            ? new MessageNotAcceptedError('connection_lost', { cause: failure })
            : failure
        }
        await pause(pauseMs)
      }
    }
  }

  async function postOnce(
    body: object,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<MessageChannel | null> {
    const response = await fetch(`${url}/api/send-message`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        ...headers,
      },
      body: JSON.stringify(body),
      signal,
    })
    if (!response.ok) {
      await response.body?.cancel()
      throw new MessageNotAcceptedError(`http_${response.status}`)
    }
    // A key that the gateway knows is answered with what became of its message.
    const { status, channel } = fieldsOf(await response.json().catch(() => null))
    if (status === 'failed' || status === 'expired' || status === 'unknown') {
      throw new MessageNotAcceptedError(status)
    }
    return channel === 'whatsapp' || channel === 'email' ? channel : null
  }

  /** The body of a GET that was answered with 200 in time; null otherwise. */
  async function read(path: string): Promise<unknown> {
    try {
      const response = await fetch(`${url}${path}`, {
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(stateTimeoutMs),
      })
      const body: unknown = await response.json()
      return response.ok ? body : null
    } catch {
      return null
    }
  }

  return {
    sendAccessCode: (message) => {
      const { code, expiresAt } = message
      return send(message, { otp: { code, expiresAt: expiresAt.toISOString() } }, message)
    },
    sendText: (message) => {
      const { text, purpose, topic } = message
      const urgency = { ...(purpose && { purpose }), ...(topic !== undefined && { topic }) }
      return send(message, { message: text, ...urgency }, message)
    },
    findDelivery: async (idempotencyKey) =>
      readDelivery(await read(`/api/messages/by-key/${encodeURIComponent(idempotencyKey)}`)),
    isAvailable: async () => fieldsOf(await read('/api/auth/status')).loggedIn === true,
  }
}

function toNotAccepted(error: unknown): MessageNotAcceptedError {
  if (error instanceof MessageNotAcceptedError) {
    return error
  }
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new MessageNotAcceptedError('timeout', { cause: error })
  }
  const neverConnected = error instanceof Error && isConnectFault(error.cause)
  return new MessageNotAcceptedError(neverConnected ? 'connection' : 'connection_lost', { cause: error })
}

/**
 * Whether fetch failed before there was a connection. Its cause is Node's own error, whose `syscall` tells; for a name
 * with several addresses an AggregateError of those (Node 24, lib/net.js, internalConnectMultiple).
 */
function isConnectFault(cause: unknown): boolean {
  if (cause instanceof AggregateError) {
    return cause.errors.length > 0 && cause.errors.every(isConnectFault)
  }
  const { syscall, code } = (cause ?? {}) as { syscall?: unknown; code?: unknown }
  return syscall === 'connect' || syscall === 'getaddrinfo' || code === 'UND_ERR_CONNECT_TIMEOUT'
}

function fieldsOf(answer: unknown): { status?: unknown; channel?: unknown; loggedIn?: unknown } {
  return typeof answer === 'object' && answer !== null ? answer : {}
}

function longestSendMs(timeoutMs: number, retryPausesMs: readonly number[]): number {
  return retryPausesMs.reduce((total, pauseMs) => total + pauseMs, timeoutMs)
}
