import { recordAudit } from '../audit/audit-log.ts'
import type { Database } from '../database/schema.ts'
import { inTransaction } from '../database/transaction.ts'
import { listDeliveries, replayDead } from '../webhooks/webhook-delivery-repository.ts'
import {
  addEndpoint,
  endpointsMax,
  listEndpoints,
  removeEndpoint,
  switchEndpoint,
  type WebhookEndpoint,
} from '../webhooks/webhook-endpoint-repository.ts'
import { owe, type WebhookEventType, webhookEventTypes } from '../webhooks/webhook-outbox.ts'
import { newWebhookSecret } from '@ura/core/webhook-signature'
import {
  type AdminContext,
  type CommandInput,
  type CommandOutcome,
  type Commands,
  formatTable,
  integerOption,
  RefusedError,
  requireConfirmation,
  UsageError,
  yesOption,
} from './command.ts'

const one = { min: 1, max: 1 }
const deliveriesShown = { min: 1, max: 1_000, default: 50 }

export const webhookCommands: Commands = {
  'webhooks add': {
    usage: 'webhooks add NOME URL',
    summary:
      'Avisa outro programa do que acontece com os chamados; mostra o segredo da assinatura, uma única vez',
    positionals: { min: 2, max: 2 },
    options: {
      events: { value: 'LISTA', summary: `Padrão todos: ${webhookEventTypes.join(',')}` },
    },
    run: add,
  },
  'webhooks list': {
    usage: 'webhooks list',
    summary: 'Lista os programas que são avisados',
    positionals: { min: 0, max: 0 },
    async run({ db }) {
      const endpoints = await listEndpoints(db)
      const rows = endpoints.map(({ name, url, events, switchedOffAt }) => [
        name,
        url,
        switchedOffAt === null ? 'ligado' : `desligado em ${switchedOffAt.toISOString()}`,
        events.join(','),
      ])
      return {
        data: endpoints.map(({ id: _id, secret: _secret, ...endpoint }) => endpoint),
        text: formatTable([['NOME', 'ENDEREÇO', 'SITUAÇÃO', 'EVENTOS'], ...rows]),
      }
    },
  },
  'webhooks on': {
    usage: 'webhooks on NOME',
    summary: 'Volta a avisar um programa, a começar pelo que lhe era devido quando foi desligado',
    positionals: one,
    run: (context, input) => switchTo(context, input, true),
  },
  'webhooks off': {
    usage: 'webhooks off NOME',
    summary: 'Deixa de avisar um programa; o que acontece enquanto isso não lhe será contado',
    positionals: one,
    run: (context, input) => switchTo(context, input, false),
  },
  'webhooks remove': {
    usage: 'webhooks remove NOME',
    summary: 'Deixa de avisar um programa; o que ainda lhe era devido se perde',
    positionals: one,
    options: yesOption,
    run: remove,
  },
  'webhooks test': {
    usage: 'webhooks test NOME',
    summary: 'Manda um evento webhook.test; a API o entrega em segundos',
    positionals: one,
    async run({ db, now, actor }, { positionals: [name = ''] }) {
      const { id, switchedOffAt } = await requireEndpoint(db, name)
      if (switchedOffAt !== null) {
        throw new RefusedError(`O webhook "${name}" está desligado; para ligar: webhooks on ${name}`)
      }
      await owe(db, id, { type: 'webhook.test', at: now, data: { actor } })
      return {
        data: { name, queued: true },
        text: `Evento de teste na fila. Veja o resultado com: webhooks deliveries ${name}`,
      }
    },
  },
  'webhooks deliveries': {
    usage: 'webhooks deliveries NOME',
    summary: 'Mostra as entregas mais novas e o que houve com cada uma',
    positionals: one,
    options: {
      dead: { summary: 'Só as que foram abandonadas' },
      limit: { value: 'N', summary: 'Quantas, de 1 a 1000; padrão 50' },
    },
    run: showDeliveries,
  },
  'webhooks replay': {
    usage: 'webhooks replay NOME',
    summary: 'Tenta de novo, por mais um dia, as entregas abandonadas',
    positionals: one,
    async run({ db, now, actor }, { positionals: [name = ''] }) {
      const replayed = await inTransaction(db, async (trx) => {
        const { id } = await requireEndpoint(trx, name)
        const count = await replayDead(trx, id, now)
        const detail = { webhook: name, count }
        await recordAudit(trx, { event: 'webhook_replayed', source: { actor }, at: now, detail })
        return count
      })
      return { data: { name, replayed }, text: `${replayed} entregas de volta à fila.` }
    },
  },
}

async function add({ db, now, actor }: AdminContext, input: CommandInput): Promise<CommandOutcome> {
  const [name = '', address = ''] = input.positionals
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/i.test(name)) {
    throw new UsageError('O nome tem de 1 a 64 letras sem acento, dígitos, ponto, hífen ou sublinhado.')
  }
  const url = parseAddress(address)
  const events = parseEvents(input.value('events'))
  const secret = newWebhookSecret()
  const isAdded = await inTransaction(db, async (trx) => {
    if ((await listEndpoints(trx)).length >= endpointsMax) {
      throw new RefusedError(`Há no máximo ${endpointsMax} webhooks.`)
    }
    const done = await addEndpoint(trx, { name, url, secret, events }, now)
    if (done) {
      const detail = { webhook: name, host: new URL(url).host, events: events.join(',') }
      await recordAudit(trx, { event: 'webhook_added', source: { actor }, at: now, detail })
    }
    return done
  })
  if (!isAdded) {
    throw new RefusedError(`Já existe um webhook "${name}".`)
  }
  return {
    data: { name, url, events, secret },
    text: `Webhook "${name}" criado. Guarde o segredo, ele não será mostrado de novo:\n${secret}`,
  }
}

async function switchTo(
  { db, now, actor }: AdminContext,
  { positionals: [name = ''] }: CommandInput,
  on: boolean,
): Promise<CommandOutcome> {
  await inTransaction(db, async (trx) => {
    const { id } = await requireEndpoint(trx, name)
    if (await switchEndpoint(trx, id, on ? null : now)) {
      const event = on ? 'webhook_switched_on' : 'webhook_switched_off'
      await recordAudit(trx, { event, source: { actor }, at: now, detail: { webhook: name } })
    }
  })
  return { data: { name, on }, text: `Webhook "${name}" ${on ? 'ligado' : 'desligado'}.` }
}

async function remove(context: AdminContext, input: CommandInput): Promise<CommandOutcome> {
  const { db, now, actor } = context
  const [name = ''] = input.positionals
  await requireEndpoint(db, name)
  await requireConfirmation(context, input, `Remover o webhook "${name}"?`)
  await inTransaction(db, async (trx) => {
    const { id } = await requireEndpoint(trx, name)
    await removeEndpoint(trx, id)
    const detail = { webhook: name }
    await recordAudit(trx, { event: 'webhook_removed', source: { actor }, at: now, detail })
  })
  return { data: { name, removed: true }, text: `Webhook "${name}" removido.` }
}

async function showDeliveries({ db }: AdminContext, input: CommandInput): Promise<CommandOutcome> {
  const { id } = await requireEndpoint(db, input.positionals[0] ?? '')
  const max = integerOption(input, 'limit', deliveriesShown)
  const deliveries = await listDeliveries(db, id, { state: input.has('dead') ? 'dead' : null, max })
  const rows = deliveries.map(({ createdAt, type, state, attempts, lastResult }) => [
    createdAt.toISOString(),
    type,
    stateWords[state],
    String(attempts),
    lastResult ?? '-',
  ])
  return {
    data: deliveries.map(({ id: _id, ...delivery }) => delivery),
    text: formatTable([['CRIADA EM', 'EVENTO', 'SITUAÇÃO', 'TENTATIVAS', 'RESULTADO'], ...rows]),
  }
}

const stateWords = { pending: 'na fila', delivered: 'entregue', dead: 'abandonada' } as const

async function requireEndpoint(db: Database, name: string): Promise<WebhookEndpoint> {
  const endpoint = (await listEndpoints(db)).find((candidate) => candidate.name === name)
  if (endpoint === undefined) {
    throw new RefusedError(`Não há webhook "${name}".`)
  }
  return endpoint
}

/** Without name and password: they would be shown in lists and kept in the clear. */
function parseAddress(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : null
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:'
  if (url === null || !isHttp || url.username !== '' || url.password !== '' || address.length > 500) {
    throw new UsageError('O endereço é como https://exemplo.gov.br/caminho, com até 500 caracteres.')
  }
  return address
}

function parseEvents(list: string | undefined): WebhookEventType[] {
  const names = list === undefined ? [...webhookEventTypes] : list.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !webhookEventTypes.some((type) => type === name))
  if (unknown !== undefined) {
    throw new UsageError(`"${unknown}" não é um evento: ${webhookEventTypes.join(', ')}.`)
  }
  return [...new Set(names)] as WebhookEventType[]
}
