import { randomUUID } from 'node:crypto'
import { protocolOf } from '@ura/api/tickets/protocol'
import { callOf } from './call-rows.ts'
import { callIdOf, callsOf, draw } from './population.ts'
import { someCall, someTicket, someUser } from './phone-probes.ts'
import type { Probe } from './probe.ts'
import { ask, type ScaleRequest, type Target } from './target.ts'

const get = (path: string): ScaleRequest => ({ method: 'GET', path: `/api/v1/${path}` })

function post(path: string, body: object): ScaleRequest {
  const headers = { 'idempotency-key': randomUUID() }
  return { method: 'POST', path: `/api/v1/${path}`, body, headers }
}

/** The change of a resource as it is at the moment. */
async function change(target: Target, path: string, body: object, readPath = path): Promise<ScaleRequest> {
  const { etag } = await ask(target, get(readPath))
  return { method: 'PATCH', path: `/api/v1/${path}`, body, headers: { 'if-match': etag ?? '' } }
}

function ticketPath(target: Target, serial: number): string {
  return `tickets/${protocolOf(someTicket(target, serial) + 1)}`
}

function newTicket(target: Target, serial: number): ScaleRequest {
  return post('tickets', {
    userCode: someUser(target, serial),
    service: 'computador-nao-liga',
    origin: 'web',
  })
}

/** A ticket of the request's own, so that its status may change. */
async function freshTicketPath(target: Target, serial: number): Promise<string> {
  const { content } = await ask(target, newTicket(target, serial))
  return `tickets/${(content as { protocol: string }).protocol}`
}

/** A lost call whose person has no ticket since, so that its mark may change. */
function lostCallPath({ population }: Target, serial: number): string {
  const count = callsOf(population)
  const first = draw(serial, 33, count)
  for (let step = 0; step < count; step += 1) {
    const number = (first + step) % count
    const { callback_state: state } = callOf(number, population, 0)
    if (state === 'done') {
      return `callbacks/${callIdOf(number)}/1`
    }
  }
  throw new Error('The population has no call that was called back')
}

const ticketProbes: readonly Probe[] = [
  {
    operation: 'readTicket',
    variant: '',
    request: (target, serial) => get(ticketPath(target, serial)),
  },
  { operation: 'openTicket', variant: '', request: newTicket },
  {
    operation: 'changeTicket',
    variant: 'assignee of an old ticket',
    request: (target, serial) =>
      change(target, ticketPath(target, serial), { assignee: `scale-${serial}-${Date.now()}` }),
  },
  {
    operation: 'changeTicket',
    variant: 'status and service of a new ticket',
    request: async (target, serial) =>
      change(target, await freshTicketPath(target, serial), {
        status: 'em_atendimento',
        service: 'instalar-impressora',
      }),
  },
  {
    operation: 'addTicketNote',
    variant: '',
    request: (target, serial) =>
      post(`${ticketPath(target, serial)}/notes`, { text: 'Trocada a fonte; testado com o usuário.' }),
  },
]

/** A registration code that no user has: a number of the time, since one request is a millisecond at least. */
function freshCode(): string {
  return `9${String(Date.now() % 100_000_000_000).padStart(11, '0')}`
}

const userProbes: readonly Probe[] = [
  {
    operation: 'readUser',
    variant: '',
    request: (target, serial) => get(`users/${someUser(target, serial)}`),
  },
  {
    operation: 'addUser',
    variant: '',
    request: () => post('users', { code: freshCode(), name: 'Zilda Prado', department: 'Saúde' }),
  },
  {
    operation: 'changeUser',
    variant: '',
    request: (target, serial) =>
      change(target, `users/${someUser(target, serial)}`, { department: `Setor ${serial % 40}` }),
  },
]

const serviceProbes: readonly Probe[] = [
  { operation: 'listServices', variant: '', request: () => get('services') },
  {
    operation: 'changeService',
    variant: '',
    request: (target, serial) =>
      change(
        target,
        'services/computador-nao-liga',
        { name: serial % 2 === 0 ? 'Computador não liga' : 'Computador que não liga' },
        'services',
      ),
  },
]

/** The period of a day, as a report asks for. */
const satisfactionPath = 'satisfaction?ratedFrom=2026-11-23T00:00:00Z&ratedTo=2026-11-24T00:00:00Z'

const announcementProbes: readonly Probe[] = [
  { operation: 'listAnnouncements', variant: '', request: () => get('announcements') },
]

/** `/api/v1` but its lists in pages. */
export const resourceProbes: readonly Probe[] = [
  ...ticketProbes,
  ...userProbes,
  ...serviceProbes,
  ...announcementProbes,
  { operation: 'readSatisfaction', variant: '', request: () => get(satisfactionPath) },
  {
    operation: 'readCall',
    variant: '',
    request: (target, serial) => get(`calls/${someCall(target, serial)}`),
  },
  {
    operation: 'readCallback',
    variant: '',
    request: (target, serial) => get(lostCallPath(target, serial)),
  },
  {
    operation: 'changeCallback',
    variant: '',
    request: async (target, serial) => {
      const path = lostCallPath(target, serial)
      const { content } = await ask(target, get(path))
      return change(target, path, { done: (content as { state: string }).state !== 'done' })
    },
  },
]
