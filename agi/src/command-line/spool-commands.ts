import {
  type Command,
  type CommandInput,
  type CommandOutcome,
  type Commands,
  formatTable,
  integerOption,
  RefusedError,
  requireConfirmation,
  UsageError,
  yesOption,
} from '@ura/core/command-line/command'
import type { Terminal } from '@ura/core/command-line/terminal'
import { replayAgeMaxMs } from '../spool/replayer.ts'
import type { FoundFile, SpoolFolder, SpoolShelf } from '../spool/spool-folder.ts'
import {
  callIdOf,
  type SpooledFile,
  type SpooledRequest,
  ticketOf,
  userCodeOf,
} from '../spool/spooled-request.ts'

/** What a command works on. */
export interface SpoolCommandContext {
  folder: SpoolFolder
  terminal: Terminal
  now: Date
  /** IANA zone in which times are told. */
  timeZone: string
}

export type SpoolCommand = Command<SpoolCommandContext>

const shelves: readonly SpoolShelf[] = ['pending', 'dead']
const shelfWords: Readonly<Record<SpoolShelf, string>> = { pending: 'esperando a API', dead: 'parado' }
const kindWords = {
  ticket: 'chamado',
  'voice-note': 'gravação',
  'call-record': 'registro de ligação',
} as const
const listedDefault = 50

/** The commands by name; they look at the files, so that they also work while the service runs or is down. */
export const spoolCommands: Commands<SpoolCommand> = {
  'spool list': {
    usage: 'spool list',
    summary: 'Lista o que a API ainda não recebeu, do mais antigo ao mais novo',
    positionals: { min: 0, max: 0 },
    options: {
      dead: { summary: 'Só os parados: a API os recusou, ou são velhos demais' },
      limit: { value: 'N', summary: `Quantos no máximo, de 1 a 1000; padrão ${listedDefault}` },
    },
    run: listRequests,
  },
  'spool show': {
    usage: 'spool show ID',
    summary: 'Mostra um pedido: usuário, serviço, ligação, e por que está parado',
    positionals: { min: 1, max: 1 },
    run: showRequest,
  },
  'spool replay': {
    usage: 'spool replay ID',
    summary: 'Põe um pedido parado de volta na fila, com a mesma chave',
    positionals: { min: 1, max: 1 },
    options: {
      force: { summary: 'Também um de mais de 6 dias, que pode abrir um segundo chamado' },
      ...yesOption,
    },
    explanation:
      'A chave faz do pedido repetido o mesmo chamado, mas a API a esquece depois de 7 dias: antes de usar --force, ' +
      'confira se o chamado daquela ligação já existe. O serviço nota o pedido em até 15 segundos.',
    run: replayRequest,
  },
  'spool drop': {
    usage: 'spool drop ID',
    summary: 'Apaga um pedido parado; ninguém mais o abre',
    positionals: { min: 1, max: 1 },
    options: { ...yesOption },
    run: dropRequest,
  },
}

async function listRequests(context: SpoolCommandContext, input: CommandInput): Promise<CommandOutcome> {
  const { folder } = context
  const limit = integerOption(input, 'limit', { min: 1, max: 1_000, default: listedDefault })
  const requests = []
  let count = 0
  for (const shelf of input.has('dead') ? (['dead'] as const) : shelves) {
    const ids = await folder.ids(shelf)
    count += ids.length
    for (const id of ids.slice(0, Math.max(0, limit - requests.length))) {
      requests.push(describe(id, shelf, await folder.read(shelf, id)))
    }
  }
  if (count === 0) {
    return { data: { count, requests }, text: 'Nada espera neste servidor.' }
  }
  const rows = requests.map((request) => [
    request.id,
    shelfWords[request.shelf],
    request.kind === null ? 'danificado' : kindWords[request.kind],
    request.userCode ?? '-',
    request.callId ?? '-',
    request.spooledAt === null ? '-' : localTime(request.spooledAt, context.timeZone),
    request.reason ?? '-',
  ])
  const head = ['ID', 'SITUAÇÃO', 'PEDIDO', 'USUÁRIO', 'LIGAÇÃO', 'GUARDADO EM', 'MOTIVO']
  const table = formatTable([head, ...rows])
  const rest = count - requests.length
  return {
    data: { count, requests },
    text: rest === 0 ? table : `${table}\nE mais ${rest}: veja com --limit.`,
  }
}

async function showRequest(
  { folder, timeZone }: SpoolCommandContext,
  { positionals: [id = ''] }: CommandInput,
): Promise<CommandOutcome> {
  for (const shelf of shelves) {
    const file = await folder.read(shelf, id)
    if (file !== null) {
      const told = describe(id, shelf, file)
      const lines = [
        ['id', id],
        ['situação', shelfWords[shelf]],
        ['pedido', told.kind === null ? 'danificado' : kindWords[told.kind]],
        ['usuário', told.userCode ?? '-'],
        ['serviço', told.service ?? '-'],
        ['ligação', told.callId ?? '-'],
        ['guardado em', told.spooledAt === null ? '-' : localTime(told.spooledAt, timeZone)],
        ...(told.reason === null ? [] : [['motivo', told.reason]]),
      ]
      return {
        data: { ...told, file: file === 'damaged' ? null : withoutAudio(file) },
        text: formatTable(lines),
      }
    }
  }
  throw notThere(id)
}

async function replayRequest(context: SpoolCommandContext, input: CommandInput): Promise<CommandOutcome> {
  const { folder, now } = context
  const [id = ''] = input.positionals
  const file = await requireDead(folder, id)
  if (file === 'damaged') {
    throw new RefusedError(`O arquivo de "${id}" está danificado: não há o que mandar.`)
  }
  const isOld = now.getTime() - Date.parse(file.spooledAt) > replayAgeMaxMs
  if (isOld && !input.has('force')) {
    throw new RefusedError(
      'Este pedido tem mais de 6 dias: a API pode já tê-lo recebido e esquecido a chave. Confira se o chamado existe; para mandar assim mesmo: --force',
    )
  }
  await requireConfirmation(context, input, `Mandar de novo o pedido ${id}?`)
  await folder.revive(id, file, now)
  return { data: { id, state: 'pending' }, text: `De volta à fila: ${id}.` }
}

async function dropRequest(context: SpoolCommandContext, input: CommandInput): Promise<CommandOutcome> {
  const { folder } = context
  const [id = ''] = input.positionals
  await requireDead(folder, id)
  await requireConfirmation(context, input, `Apagar o pedido ${id}? Ninguém mais o abre.`)
  await folder.remove('dead', id)
  return { data: { id, state: 'dropped' }, text: `Apagado: ${id}.` }
}

/** @throws RefusedError for a request that is still on its way, or none */
async function requireDead(folder: SpoolFolder, id: string): Promise<SpooledFile | 'damaged'> {
  const file = await folder.read('dead', id)
  if (file !== null) {
    return file
  }
  if ((await folder.read('pending', id)) !== null) {
    throw new RefusedError(`O pedido "${id}" não está parado: o serviço o manda sozinho.`)
  }
  throw notThere(id)
}

function notThere(id: string): Error {
  return /^[\w-]{1,40}$/.test(id)
    ? new RefusedError(`O pedido "${id}" não está neste servidor.`)
    : new UsageError('O ID é o que "spool list" mostra.')
}

function describe(id: string, shelf: SpoolShelf, file: FoundFile) {
  if (file === null || file === 'damaged') {
    const nothing = { kind: null, userCode: null, callId: null, service: null, spooledAt: null }
    return { id, shelf, ...nothing, reason: 'damaged' }
  }
  const { request, spooledAt, dead } = file
  return {
    id,
    shelf,
    kind: request.kind,
    userCode: userCodeOf(request),
    callId: callIdOf(request),
    service: serviceOf(request),
    spooledAt,
    reason: dead?.reason ?? null,
  }
}

/** Nobody wants a voice as text on a terminal. */
function withoutAudio(file: SpooledFile): object {
  const { request } = file
  if (request.kind !== 'voice-note') {
    return file
  }
  const { audio, ...note } = request.note
  return {
    ...file,
    request: { kind: request.kind, note: { ...note, audioBytes: Buffer.byteLength(audio, 'base64') } },
  }
}

function serviceOf(request: SpooledRequest): string | null {
  return request.kind === 'call-record' ? null : ticketOf(request).service
}

function localTime(instant: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('pt-BR', { dateStyle: 'short', timeStyle: 'medium', timeZone })
  return format.format(new Date(instant))
}
