import { readDelivery } from './message-delivery.ts'
import {
  firstChannel,
  type MessageAddresses,
  type MessageChannel,
  type MessageGateway,
  MessageNotAcceptedError,
  type TextMessage,
} from './message-gateway.ts'
import { createMessagePost, longestSendMs, retryPausesMsDefault, timeoutMsDefault } from './message-post.ts'

interface HttpMessageGatewayOptions {
  /** Base address, without a trailing slash. */
  url: string
  token: string
  /** Longest wait for one answer; default 4,000. */
  timeoutMs?: number
  /** Pauses before each further try after a connection fault; default 200, 500, 1,000. */
  retryPausesMs?: readonly number[]
}

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
  const post = createMessagePost({ url, token, timeoutMs, retryPausesMs })

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

function fieldsOf(answer: unknown): { loggedIn?: unknown } {
  return typeof answer === 'object' && answer !== null ? answer : {}
}
