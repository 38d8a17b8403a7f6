import {
  type Command,
  type CommandInput,
  type CommandOutcome,
  type Commands,
  dryRunOption,
  formatTable,
  integerOption,
  RefusedError,
  requireConfirmation,
  UsageError,
  yesOption,
} from '@ura/core/command-line/command'
import type { Terminal } from '@ura/core/command-line/terminal'
import type { Channel } from '../outbox/channel.ts'
import { replayRefusalText, stateWords } from '../dead-letters/dead-letter.ts'
import { type DeadLetter, pageMessagesMax } from '../dead-letters/schemas.ts'
import { deadStates, isDead } from '../outbox/message-state.ts'
import type { GatewayAdministration } from './gateway-administration.ts'

/** What a command works on. */
export interface GatewayCommandContext {
  gateway: GatewayAdministration
  terminal: Terminal
  /** IANA zone in which times are told. */
  timeZone: string
}

export type GatewayCommand = Command<GatewayCommandContext>

const channelWords: Readonly<Record<Channel, string>> = { whatsapp: 'WhatsApp', email: 'e-mail' }

const kindWords = { text: 'texto', otp: 'código' } as const

/** The gateway's commands by name. */
export const gatewayCommands: Commands<GatewayCommand> = {
  status: {
    usage: 'status',
    summary: 'Mostra as conexões (WhatsApp, e-mail), a fila e quantas mensagens não chegaram',
    positionals: { min: 0, max: 0 },
    run: showStatus,
  },
  'messages list': {
    usage: 'messages list',
    summary: 'Lista as mensagens que não chegaram, as mais novas primeiro',
    positionals: { min: 0, max: 0 },
    options: {
      state: { value: 'LISTA', summary: `Só as destas situações: ${deadStates.join(', ')}` },
      limit: { value: 'N', summary: `Quantas no máximo, de 1 a ${pageMessagesMax}; padrão 50` },
      before: { value: 'N', summary: 'Continua depois da página anterior' },
    },
    explanation:
      'failed: o WhatsApp ou o servidor de e-mail recusou. expired: passou do prazo. unknown: sem resposta, pode ter chegado.',
    run: listMessages,
  },
  'messages show': {
    usage: 'messages show ID',
    summary: 'Mostra o que houve com uma mensagem, nunca o que ela diz',
    positionals: { min: 1, max: 1 },
    run: showMessage,
  },
  'messages replay': {
    usage: 'messages replay ID',
    summary: 'Manda de novo o texto de uma mensagem que não chegou, com novo prazo',
    positionals: { min: 1, max: 1 },
    options: {
      force: { summary: 'Também uma sem resposta (unknown), que então pode chegar duas vezes' },
      ...dryRunOption,
      ...yesOption,
    },
    explanation: 'Códigos de acesso não se reenviam: expiraram. Cada mensagem se reenvia uma vez.',
    run: replayMessage,
  },
}

async function showStatus({ gateway, timeZone }: GatewayCommandContext): Promise<CommandOutcome> {
  const status = await gateway.status()
  const { queueDepth, oldestAgeSeconds, dead } = status
  const lines = [
    ...status.channels.map(({ channel, driver, state, available, since }) => [
      channelWords[channel],
      `${available ? 'conectado' : 'sem conexão'} (${driver}: ${state}) desde ${localTime(since, timeZone)}`,
    ]),
    ['na fila', queueDepth === 0 ? 'nada' : `${queueDepth}, a mais antiga há ${oldestAgeSeconds} s`],
    ...status.channels
      .filter(({ noticesHeld }) => noticesHeld > 0)
      .map(({ channel, noticesHeld }) => [
        `à espera da manhã, ${channelWords[channel]}`,
        String(noticesHeld),
      ]),
    ...deadStates.map((end) => [stateWords[end], String(dead[end])]),
  ]
  return { data: status, text: formatTable(lines) }
}

async function listMessages(
  { gateway, timeZone }: GatewayCommandContext,
  input: CommandInput,
): Promise<CommandOutcome> {
  const page = await gateway.deadLetters({
    states: parseStates(input.value('state')),
    before: parseBefore(input.value('before')),
    limit: integerOption(input, 'limit', { min: 1, max: pageMessagesMax, default: 50 }),
  })
  const rows = page.messages.map((message) => [
    message.id,
    stateWords[message.state],
    message.reason ?? '-',
    localTime(message.acceptedAt, timeZone),
    channelWords[message.channel],
    message.to,
    describeContent(message),
    message.replayedAs === null ? '-' : 'sim',
  ])
  const table = formatTable([
    ['ID', 'SITUAÇÃO', 'MOTIVO', 'ACEITA EM', 'CANAL', 'PARA', 'CONTEÚDO', 'REENVIADA'],
    ...rows,
  ])
  return {
    data: page,
    text: page.next === null ? table : `${table}\nHá mais: continue com --before ${page.next}`,
  }
}

async function showMessage(
  { gateway, timeZone }: GatewayCommandContext,
  { positionals: [id = ''] }: CommandInput,
): Promise<CommandOutcome> {
  const details = await gateway.message(id)
  const { message, history } = details
  const lines = [
    ['id', message.id],
    ['canal', channelWords[message.channel]],
    ['para', message.to],
    ['conteúdo', describeContent(message)],
    ['situação', stateWords[message.state]],
    ['tentativas', String(message.tries)],
    ['prazo', localTime(message.deadline, timeZone)],
    ...(message.replayOf === null ? [] : [['reenvio de', message.replayOf]]),
    ...(message.replayedAs === null ? [] : [['reenviada como', message.replayedAs]]),
    ...(message.fallbackOf === null ? [] : [['no lugar de', message.fallbackOf]]),
    ...(message.fallbackAs === null ? [] : [['foi por e-mail como', message.fallbackAs]]),
  ]
  const steps = history.map(({ at, state, reason }) => [
    localTime(at, timeZone),
    stateWords[state],
    reason ?? '',
  ])
  return { data: details, text: `${formatTable(lines)}\n\n${formatTable(steps)}` }
}

async function replayMessage(context: GatewayCommandContext, input: CommandInput): Promise<CommandOutcome> {
  const { gateway } = context
  const [id = ''] = input.positionals
  const force = input.has('force')
  const { message } = await gateway.message(id)
  requireReplayable(message, force)
  if (input.has('dry-run')) {
    const { to } = message
    return { data: { id, to, dryRun: true }, text: `Seria reenviada a ${to}: ${describeContent(message)}.` }
  }
  const warning = message.state === 'unknown' ? ' Ela pode já ter chegado, e então chega duas vezes.' : ''
  await requireConfirmation(context, input, `Reenviar a mensagem a ${message.to}?${warning}`)
  const replay = await gateway.replay(id, { force })
  return {
    data: replay,
    text: `De volta à fila como ${replay.id}. Veja o que houve com: messages show ${replay.id}`,
  }
}

/** Said before anybody is asked; the gateway judges again when it is done. */
function requireReplayable({ state, kind, characters, replayedAs }: DeadLetter, force: boolean): void {
  if (!isDead(state)) {
    throw new RefusedError(replayRefusalText('not_dead'))
  }
  if (kind === 'otp') {
    throw new RefusedError(replayRefusalText('code'))
  }
  if (replayedAs !== null) {
    throw new RefusedError(replayRefusalText('replayed'), { replayedAs })
  }
  if (characters === null) {
    throw new RefusedError(replayRefusalText('no_text'))
  }
  if (state === 'unknown' && !force) {
    throw new RefusedError(
      'Não se sabe se esta mensagem chegou: reenviada, pode chegar duas vezes. Para reenviar assim mesmo: --force',
    )
  }
}

function describeContent({ kind, characters }: DeadLetter): string {
  const word = kind === null ? 'não guardado' : kindWords[kind]
  return characters === null ? word : `${word} de ${characters} caracteres`
}

function parseStates(list: string | undefined): string | null {
  if (list === undefined) {
    return null
  }
  const names = list.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !deadStates.some((state) => state === name))
  if (unknown !== undefined) {
    throw new UsageError(`"${unknown}" não é uma situação: ${deadStates.join(', ')}.`)
  }
  return [...new Set(names)].join(',')
}

function parseBefore(text: string | undefined): string | null {
  if (text !== undefined && !/^[1-9]\d{0,14}$/.test(text)) {
    throw new UsageError('--before é o número que a página anterior mostrou.')
  }
  return text ?? null
}

function localTime(instant: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('pt-BR', { dateStyle: 'short', timeStyle: 'medium', timeZone })
  return format.format(new Date(instant))
}
