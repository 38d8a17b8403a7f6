import { setTimeout as pause } from 'node:timers/promises'
import { MessageNotAcceptedError, type MessageGateway, type TextMessage } from './message-gateway.ts'

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
 * The WhatsApp gateway over HTTP (`POST /api/send-message`). A connection that can't be made or breaks is tried again,
 * at most three times, under the same key; an answer that is a refusal, or no answer in time, is final.
 */
export function createHttpMessageGateway(options: HttpMessageGatewayOptions): MessageGateway {
  const { url, token, timeoutMs = timeoutMsDefault, retryPausesMs = retryPausesMsDefault } = options

  async function post(
    body: object,
    message: Pick<TextMessage, 'idempotencyKey' | 'requestId'>,
  ): Promise<void> {
    const deadline = AbortSignal.timeout(longestSendMs(timeoutMs, retryPausesMs))
    const { idempotencyKey, requestId } = message
    const headers = {
      'idempotency-key': idempotencyKey,
      ...(requestId === undefined ? {} : { 'x-request-id': requestId }),
    }
    let mayHaveGone = false
    for (const pauseMs of [...retryPausesMs, null]) {
      try {
        await postOnce(body, headers, AbortSignal.any([AbortSignal.timeout(timeoutMs), deadline]))
        return
      } catch (error) {
        const failure = toNotAccepted(error)
        mayHaveGone ||= failure.reason === 'connection_lost'
        if (!failure.reason.startsWith('connection') || pauseMs === null) {
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
  ): Promise<void> {
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
    const state = statusOf(await response.json().catch(() => null))
    if (state === 'failed' || state === 'expired' || state === 'unknown') {
      throw new MessageNotAcceptedError(state)
    }
  }

  return {
    async sendAccessCode({ phone, code, expiresAt, ...message }) {
      await post({ phone, otp: { code, expiresAt: expiresAt.toISOString() } }, message)
    },
    async sendText({ phone, text, ...message }) {
      await post({ phone, message: text }, message)
    },
    async isAvailable() {
      try {
        const response = await fetch(`${url}/api/auth/status`, {
          headers: { authorization: `Bearer ${token}` },
          signal: AbortSignal.timeout(stateTimeoutMs),
        })
        const state: unknown = await response.json()
        return (
          response.ok &&
          typeof state === 'object' &&
          state !== null &&
          'loggedIn' in state &&
          state.loggedIn === true
        )
      } catch {
        return false
      }
    },
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

function statusOf(answer: unknown): unknown {
  return typeof answer === 'object' && answer !== null && 'status' in answer ? answer.status : null
}

function longestSendMs(timeoutMs: number, retryPausesMs: readonly number[]): number {
  return retryPausesMs.reduce((total, pauseMs) => total + pauseMs, timeoutMs)
}
