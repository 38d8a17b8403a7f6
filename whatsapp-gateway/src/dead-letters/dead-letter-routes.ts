import { randomUUID } from 'node:crypto'
import type { Clock } from '@ura/core/clock'
import { HelpdeskError } from '@ura/core/errors'
import type { HttpServer } from '@ura/core/http/server'
import type { Logger } from '@ura/core/logger'
import { isLoggedIn } from '../drivers/driver.ts'
import { requireBearer } from '../http/authentication.ts'
import { deadlineOf } from '../messages/message-request.ts'
import { type Channel, channels as channelNames, maskRecipient } from '../outbox/channel.ts'
import { type ChannelLine, type ChannelLines, isAvailable } from '../outbox/channel-line.ts'
import { type DeadState, deadStates } from '../outbox/message-state.ts'
import type { OutboxStore, StoredMessage } from '../outbox/outbox-store.ts'
import { judgeReplay, replayRefusalText } from './dead-letter.ts'
import {
  type DeadLetter,
  DeadLetterDetails,
  DeadLetterPage,
  DeadLetterParams,
  DeadLetterQuery,
  GatewayStatus,
  ReplayAnswer,
  ReplayBody,
} from './schemas.ts'

export interface DeadLetterRoutesOptions {
  store: OutboxStore
  channels: ChannelLines
  clock: Clock
  log: Logger
  adminToken: string
  /** Messages that may wait. */
  queuedMax: number
  /** Told that a message waits on a channel. */
  onAccepted: (channel: Channel) => void
}

const pageMessagesDefault = 50
const queueFullRetryAfterSeconds = 30

/**
 * The administrator's side over HTTP, for whoever holds the admin token: what waits, what came to a bad end, and its
 * replay. The command line uses it, since the running gateway alone has the outbox.
 */
export async function addDeadLetterRoutes(
  server: HttpServer,
  options: DeadLetterRoutesOptions,
): Promise<void> {
  await server.register(async (admin) => {
    admin.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store')
      requireBearer(request, options.adminToken)
    })
    addStatusRoute(admin, options)
    addListRoute(admin, options)
    addDetailsRoute(admin, options)
    addReplayRoute(admin, options)
  })
}

function addStatusRoute(server: HttpServer, { store, channels, clock }: DeadLetterRoutesOptions): void {
  const { driver } = channels.whatsapp
  server.get('/admin/status', { schema: { response: { 200: GatewayStatus } } }, async () => {
    const { state, since } = driver.state()
    const { depth, waitingSince } = await store.backlog(null)
    const ageMs = waitingSince === null ? 0 : clock.now().getTime() - waitingSince.getTime()
    return {
      driver: driver.name,
      state,
      loggedIn: isLoggedIn(state),
      since: since.toISOString(),
      queueDepth: depth,
      oldestAgeSeconds: Math.max(0, Math.floor(ageMs / 1_000)),
      channels: await Promise.all(
        channelNames
          .map((channel) => channels[channel])
          .filter(({ isConfigured }) => isConfigured)
          .map((line) => describeChannel(store, line)),
      ),
      dead: await store.deadCounts(),
    }
  })
}

async function describeChannel(
  store: OutboxStore,
  line: ChannelLine,
): Promise<GatewayStatus['channels'][number]> {
  const { channel, driver } = line
  const { state, since } = driver.state()
  return {
    channel,
    driver: driver.name,
    state,
    available: isAvailable(line),
    since: since.toISOString(),
    queueDepth: (await store.backlog(channel)).depth,
    noticesHeld: await store.heldCount(channel),
  }
}

function addListRoute(server: HttpServer, { store }: DeadLetterRoutesOptions): void {
  const schema = { querystring: DeadLetterQuery, response: { 200: DeadLetterPage } }
  server.get('/admin/messages', { schema }, async (request) => {
    const { state, before = null, limit = pageMessagesDefault } = request.query
    const states = (state?.split(',') ?? deadStates) as DeadState[]
    // One more than shown tells whether there is a next page.
    const found = await store.deadLetters({ states: [...new Set(states)], before, limit: limit + 1 })
    const shown = found.slice(0, limit)
    const messages: DeadLetter[] = []
    for (const message of shown) {
      messages.push(await describe(store, message))
    }
    return { messages, next: found.length > limit ? (shown.at(-1)?.place ?? null) : null }
  })
}

function addDetailsRoute(server: HttpServer, { store }: DeadLetterRoutesOptions): void {
  const schema = { params: DeadLetterParams, response: { 200: DeadLetterDetails } }
  server.get('/admin/messages/:id', { schema }, async (request) => {
    const message = await requireMessage(store, request.params.id)
    const history = await store.history(message.id)
    return {
      message: await describe(store, message),
      history: history.map((step) => ({ ...step, at: step.at.toISOString() })),
    }
  })
}

function addReplayRoute(server: HttpServer, options: DeadLetterRoutesOptions): void {
  const { store, clock, log, queuedMax, onAccepted } = options
  const schema = { params: DeadLetterParams, body: ReplayBody, response: { 202: ReplayAnswer } }
  server.post('/admin/messages/:id/replay', { schema }, async (request, reply) => {
    const message = await requireMessage(store, request.params.id)
    const isForced = request.body.force === true
    const isReplayed = (await store.findReplayOf(message.id)) !== null
    const judged = judgeReplay(message, { isForced, isReplayed })
    if ('refusal' in judged || message.content === null) {
      const refusal = 'refusal' in judged ? judged.refusal : 'no_text'
      throw new HelpdeskError('MUDANCA_NAO_PERMITIDA', { message: replayRefusalText(refusal) })
    }
    const now = clock.now()
    const id = randomUUID()
    const deadline = deadlineOf(message.content, now)
    const replay = { deadId: message.id, deadState: judged.state, id, acceptedAt: now, deadline }
    const { outcome } = await store.replay(replay, queuedMax).catch((error: unknown) => {
      // A fault at the commit may come after it: whoever sends looks for it all the same.
      onAccepted(message.channel)
      throw error
    })
    if (outcome === 'full') {
      throw new HelpdeskError('LIMITE_DE_REQUISICOES', { retryAfterSeconds: queueFullRetryAfterSeconds })
    }
    if (outcome !== 'accepted') {
      throw new HelpdeskError('MUDANCA_NAO_PERMITIDA', {
        message: outcome === 'repeated' ? replayRefusalText('replayed') : 'O estado dela acaba de mudar.',
      })
    }
    log.info({ messageId: id, replayOf: message.id, isForced }, 'dead letter replayed')
    onAccepted(message.channel)
    return reply.code(202).send({ id, replayOf: message.id, deadline: deadline.toISOString() })
  })
}

async function requireMessage(store: OutboxStore, id: string): Promise<StoredMessage> {
  const message = await store.find(id)
  if (message === null) {
    throw new HelpdeskError('MENSAGEM_NAO_ENCONTRADA')
  }
  return message
}

async function describe(store: OutboxStore, message: StoredMessage): Promise<DeadLetter> {
  const { id, channel, to, kind, content, state, tries, acceptedAt, deadline, replayOf, fallbackOf } = message
  const history = await store.history(id)
  return {
    id,
    channel,
    to: maskRecipient(to),
    kind,
    state,
    reason: history.at(-1)?.reason ?? null,
    characters: content?.kind === 'text' ? content.text.length : null,
    tries,
    acceptedAt: acceptedAt.toISOString(),
    deadline: deadline.toISOString(),
    replayOf,
    replayedAs: (await store.findReplayOf(id))?.id ?? null,
    fallbackOf,
    fallbackAs: (await store.findFallbackOf(id))?.id ?? null,
  }
}
