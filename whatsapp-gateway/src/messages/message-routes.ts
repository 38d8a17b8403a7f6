import type { Clock } from '@ura/core/clock'
import { errorBody, HelpdeskError } from '@ura/core/errors'
import { maskPhoneNumber, parsePhoneNumber } from '@ura/core/phone-number'
import { isLoggedIn, type Driver } from '../drivers/driver.ts'
import type { HttpServer } from '@ura/core/http/server'
import type { Dispatcher } from '../outbox/dispatcher.ts'
import { isSettled } from '../outbox/message-state.ts'
import type { OutboxStore } from '../outbox/outbox-store.ts'
import type { Settlements } from '../outbox/settlements.ts'
import type { MessageDesk } from './message-desk.ts'
import { parseMessageRequest } from './message-request.ts'
import {
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
  driver: Driver
  dispatcher: Dispatcher
  settlements: Settlements
  clock: Clock
}

const loggedOutRetryAfterSeconds = 30
const transcriptMessagesMax = 100

/** The client's side of the gateway; mount it behind the gateway token. */
export function addMessageRoutes(server: HttpServer, options: MessageRoutesOptions): void {
  addSendRoute(server, options)
  addStatusRoute(server, options)
  addMessageRoute(server, options)
  addTranscriptRoute(server, options)
}

function addSendRoute(server: HttpServer, options: MessageRoutesOptions): void {
  const { desk, store, driver, settlements } = options
  const schema = {
    body: SendBody,
    querystring: SendQuery,
    headers: SendHeaders,
    response: { 200: SendAnswer, 202: SendAnswer, 503: LoggedOutAnswer },
  }
  server.post('/api/send-message', { schema }, async (request, reply) => {
    const key = request.headers['idempotency-key'] ?? null
    const accepted = await desk.accept(parseMessageRequest(request.body), key)
    if (accepted === null) {
      const error = new HelpdeskError('WHATSAPP_INDISPONIVEL')
      reply.code(503).header('retry-after', loggedOutRetryAfterSeconds)
      return reply.send({ ...errorBody(error, request.id), state: driver.state().state })
    }
    const { id } = accepted
    let status = accepted.state
    const waitMs = request.query.wait ?? 0
    if (waitMs > 0 && !isSettled(status)) {
      await settlements.wait(id, waitMs)
      status = (await store.find(id))?.state ?? status
    }
    return reply.code(isSettled(status) ? 200 : 202).send({ id, status })
  })
}

function addStatusRoute(server: HttpServer, options: MessageRoutesOptions): void {
  const { store, driver, dispatcher, clock } = options
  server.get('/api/auth/status', { schema: { response: { 200: StatusAnswer } } }, async () => {
    const { state, since, qrAttempt, qrExpiresAt } = driver.state()
    const { depth, oldestAcceptedAt } = await store.backlog()
    const ageMs = oldestAcceptedAt === null ? 0 : clock.now().getTime() - oldestAcceptedAt.getTime()
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
    }
  })
}

function addMessageRoute(server: HttpServer, options: MessageRoutesOptions): void {
  const { store } = options
  const schema = { params: MessageParams, response: { 200: MessageAnswer } }
  server.get('/api/messages/:id', { schema }, async (request) => {
    const message = await store.find(request.params.id)
    if (message === null) {
      throw new HelpdeskError('MENSAGEM_NAO_ENCONTRADA')
    }
    const { id, to, state, tries, acceptedAt, deadline } = message
    const history = await store.history(id)
    return {
      id,
      to: maskPhoneNumber(to),
      state,
      tries,
      acceptedAt: acceptedAt.toISOString(),
      deadline: deadline.toISOString(),
      history: history.map((step) => ({ ...step, at: step.at.toISOString() })),
    }
  })
}

/** Only with a driver that keeps a transcript is there anything to read; otherwise the route doesn't exist. */
function addTranscriptRoute(server: HttpServer, options: MessageRoutesOptions): void {
  const { store, driver } = options
  const { transcript } = driver
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
