import { setTimeout as pause } from 'node:timers/promises'
import { type MessageChannel, MessageNotAcceptedError, type TextMessage } from './message-gateway.ts'

export const timeoutMsDefault = 4_000
export const retryPausesMsDefault: readonly number[] = [200, 500, 1_000]

interface MessagePostOptions {
  url: string
  token: string
  timeoutMs: number
  retryPausesMs: readonly number[]
}

/**
 * Posts one body to the gateway under one key until it is taken or refused, or `deadline` is over; gives the channel
 * where the gateway names one.
 * @throws MessageNotAcceptedError
 */
export type MessagePost = (
  body: object,
  message: Pick<TextMessage, 'idempotencyKey' | 'requestId'>,
  deadline: AbortSignal,
) => Promise<MessageChannel | null>

export function createMessagePost({ url, token, timeoutMs, retryPausesMs }: MessagePostOptions): MessagePost {
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

  return async (body, { idempotencyKey, requestId }, deadline) => {
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
}

/** How long handing over may take: one answer, and the pauses between the tries. */
export function longestSendMs(timeoutMs: number, retryPausesMs: readonly number[]): number {
  return retryPausesMs.reduce((total, pauseMs) => total + pauseMs, timeoutMs)
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

function fieldsOf(answer: unknown): { status?: unknown; channel?: unknown } {
  return typeof answer === 'object' && answer !== null ? answer : {}
}
