import { setTimeout as pause } from 'node:timers/promises'
import { MessageNotAcceptedError, type MessageGateway } from './message-gateway.ts'

export interface HttpMessageGatewayOptions {
  /** Base address, without a trailing slash. */
  url: string
  token: string
  /** Longest wait for one answer; default 4,000. */
  timeoutMs?: number
  /** Pauses before each further try after a connection fault; default 200, 500, 1,000. */
  retryPausesMs?: readonly number[]
}

const stateTimeoutMs = 800

/**
 * The WhatsApp gateway over HTTP (`POST /api/send-message`). A connection that can't be made is tried again, at most
 * three times; an answer that is a refusal, or no answer in time, is final. With the defaults a send that fails takes
 * at most about 6 s.
 */
export function createHttpMessageGateway(options: HttpMessageGatewayOptions): MessageGateway {
  const { url, token, timeoutMs = 4_000, retryPausesMs = [200, 500, 1_000] } = options

  async function post(body: object, idempotencyKey: string): Promise<void> {
    for (const pauseMs of [...retryPausesMs, null]) {
      try {
        const response = await fetch(`${url}/api/send-message`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            'idempotency-key': idempotencyKey,
          },
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(timeoutMs),
        })
        await response.body?.cancel()
        if (!response.ok) {
          throw new MessageNotAcceptedError(`http_${response.status}`)
        }
        return
      } catch (error) {
        const failure = toNotAccepted(error)
        if (failure.reason !== 'connection' || pauseMs === null) {
          throw failure
        }
        await pause(pauseMs)
      }
    }
  }

  return {
    async sendAccessCode({ phone, code, expiresAt, idempotencyKey }) {
      await post({ phone, otp: { code, expiresAt: expiresAt.toISOString() } }, idempotencyKey)
    },
    async sendText({ phone, text, idempotencyKey }) {
      await post({ phone, message: text }, idempotencyKey)
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
  const timedOut = error instanceof Error && error.name === 'TimeoutError'
  return new MessageNotAcceptedError(timedOut ? 'timeout' : 'connection', { cause: error })
}
