import type { Static } from 'typebox'
import type { Clock } from '@ura/core/clock'
import { errorBody, HelpdeskError } from '@ura/core/errors'
import { parsePhoneNumber } from '@ura/core/phone-number'
import { isLoggedIn } from '../drivers/driver.ts'
import type { HttpServer } from '@ura/core/http/server'
import { channels as channelNames, maskRecipient } from '../outbox/channel.ts'
import { type ChannelLines, isAvailable } from '../outbox/channel-line.ts'
import { isSettled } from '../outbox/message-state.ts'
import type { OutboxStore, StoredMessage } from '../outbox/outbox-store.ts'
import type { Settlements } from '../outbox/settlements.ts'
import type { MessageDesk } from './message-desk.ts'
import { parseMessageRequest } from './message-request.ts'
import {
  KeyParams,
  LoggedOutAnswer,
  MessageAnswer,
  MessageParams,
  SendAnswer,
  SendBody,
  SendHeaders,
  SendQuery,
  StatusAnswer,
  TranscriptAnswer,
  TranscriptQuery,
} from './schemas.ts'

export interface MessageRoutesOptions {
  desk: MessageDesk
  store: OutboxStore
  channels: ChannelLines
  settlements: Settlements
  clock: Clock
}

const loggedOutRetryAfterSeconds = 30
const transcriptMessagesMax = 100

/** The client's side of the gateway; mount it behind the gateway token. */
export function addMessageRoutes(server: HttpServer, options: MessageRoutesOptions): void {
  addSendRoute(server, options)
  addStatusRoute(server, options)
  addMessageRoutesByIdAndKey(server, options)
  addTranscriptRoute(server, options)
}

function addSendRoute(server: HttpServer, options: MessageRoutesOptions): void {
  const { desk, store, channels, settlements } = options
  const schema = {
    body: SendBody,
    querystring: SendQuery,
    headers: SendHeaders,
    response: { 200: SendAnswer, 202: SendAnswer, 503: LoggedOutAnswer },
  }
  server.post('/api/send-message', { schema }, async (request, reply) => {
    const key = request.headers['idempotency-key'] ?? null
    const wanted = parseMessageRequest(request.body)
    const accepted = await desk.accept(wanted, key)
    if (accepted === null) {
      const error = new HelpdeskError('WHATSAPP_INDISPONIVEL')
      const { driver } = wanted.phone === null ? channels.email : channels.whatsapp
      reply.code(503).header('retry-after', loggedOutRetryAfterSeconds)
      return reply.send({ ...errorBody(error, request.id), state: driver.state().state })
    }
    const { id, channel } = accepted
    let status = accepted.state
    const waitMs = request.query.wait ?? 0
    if (waitMs > 0 && !isSettled(status)) {
      await settlements.wait(id, waitMs)
      status = (await store.find(id))?.state ?? status
    }
    return reply.code(isSettled(status) ? 200 : 202).send({ id, status, channel })
  })
}

function addStatusRoute(server: HttpServer, options: MessageRoutesOptions): void {
  const { store, channels, clock } = options
  const { driver, dispatcher } = channels.whatsapp
  server.get('/api/auth/status', { schema: { response: { 200: StatusAnswer } } }, async () => {
    const { state, since, qrAttempt, qrExpiresAt } = driver.state()
    const { depth, waitingSince } = await store.backlog(null)
    const ageMs = waitingSince === null ? 0 : clock.now().getTime() - waitingSince.getTime()
    return {
      loggedIn: isLoggedIn(state),
      driver: driver.name,
      state,
      since: since.toISOString(),
      qrAttempt,
      qrExpiresAt: qrExpiresAt?.toISOString() ?? null,
      lastSendOk: dispatcher.lastSendOk,
      queueDepth: depth,
      oldestAgeSeconds: Math.max(0, Math.floor(ageMs / 1_000)),
      channels: channelNames
        .map((channel) => channels[channel])
        .filter(({ isConfigured }) => isConfigured)
        .map((line) => ({ channel: line.channel, driver: line.driver.name, available: isAvailable(line) })),
    }
  })
}

function addMessageRoutesByIdAndKey(server: HttpServer, { store }: MessageRoutesOptions): void {
  const byId = { params: MessageParams, response: { 200: MessageAnswer } }
  server.get('/api/messages/:id', { schema: byId }, async (request) =>
    answerOf(store, await store.find(request.params.id)),
  )
  const byKey = { params: KeyParams, response: { 200: MessageAnswer } }
  server.get('/api/messages/by-key/:idempotencyKey', { schema: byKey }, async (request) =>
    answerOf(store, await store.findByIdempotencyKey(request.params.idempotencyKey)),
  )
}

/** @throws HelpdeskError MENSAGEM_NAO_ENCONTRADA when there is no message */
async function answerOf(
  store: OutboxStore,
  message: StoredMessage | null,
): Promise<Static<typeof MessageAnswer>> {
  if (message === null) {
    throw new HelpdeskError('MENSAGEM_NAO_ENCONTRADA')
  }
  const { id, channel, to, state, tries, acceptedAt, deadline } = message
  const history = await store.history(id)
  const fallback = await store.findFallbackOf(id)
  return {
    id,
    channel,
    to: maskRecipient(to),
    state,
    tries,
    acceptedAt: acceptedAt.toISOString(),
    deadline: deadline.toISOString(),
    history: history.map((step) => ({ ...step, at: step.at.toISOString() })),
    fallback:
      fallback === null ? null : { id: fallback.id, channel: fallback.channel, state: fallback.state },
  }
}

/** Only with a driver that keeps a transcript is there anything to read; otherwise the route doesn't exist. */
function addTranscriptRoute(server: HttpServer, options: MessageRoutesOptions): void {
  const { store, channels } = options
  const { transcript } = channels.whatsapp.driver
  if (transcript === undefined) {
    return
  }
  const schema = { querystring: TranscriptQuery, response: { 200: TranscriptAnswer } }
  server.get('/api/messages', { schema }, async (request) => {
    const { to, after } = request.query
    const messages = await store.transcript({
      to: to === undefined ? null : parseRecipient(to),
      after: after ?? null,
      limit: transcriptMessagesMax,
    })
    return {
      messages: messages.flatMap(({ id, to: recipient, content, state, acceptedAt }) =>
        content === null
          ? []
          : [
              {
                id,
                to: recipient,
                text: transcript.textOf(content),
                state,
                acceptedAt: acceptedAt.toISOString(),
              },
            ],
      ),
      next: messages.at(-1)?.place ?? after ?? 0,
    }
  })
}

function parseRecipient(text: string): string {
  // In a query string an unescaped "+" arrives as a space.
  const recipient = parsePhoneNumber(text.replace(/^ /, '+'))
  if (recipient === null) {
    throw new HelpdeskError('TELEFONE_INVALIDO', {
      field: 'to',
      message: 'O campo "to" não é um telefone válido.',
    })
  }
  return recipient
}
