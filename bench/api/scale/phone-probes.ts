import { randomUUID } from 'node:crypto'
import { protocolOf } from '@ura/api/tickets/protocol'
import { callIdOf, callsOf, codeOf, draw, requesterOf } from './population.ts'
import type { Probe } from './probe.ts'
import { ask, type ScaleRequest, type Target } from './target.ts'

/** The registration code of a user who differs from request to request. */
export function someUser({ population }: Target, serial: number): string {
  return codeOf(draw(serial, 30, population.users))
}

/** The number of a ticket that differs from request to request. */
export function someTicket({ population }: Target, serial: number): number {
  return draw(serial, 31, population.tickets)
}

/** The id of a call that differs from request to request. */
export function someCall({ population }: Target, serial: number): string {
  return callIdOf(draw(serial, 32, callsOf(population)))
}

function post(path: string, body: object, headers: Readonly<Record<string, string>> = {}): ScaleRequest {
  return { method: 'POST', path: `/api/${path}`, body, headers }
}

function newTicket(target: Target, serial: number): ScaleRequest {
  const body = { usuario: someUser(target, serial), servico: '2-2', chamada: `scale.${serial}` }
  return post('novo_chamado', body, { 'idempotency-key': randomUUID() })
}

/** A calling number that keyed no wrong code before. */
function unknownCaller(): string {
  return String(draw(Date.now(), 33, 1_000_000_000)).padStart(10, '9')
}

function signIn({ token }: Target): ScaleRequest {
  return { method: 'POST', path: '/api/autenticar_sessao', authorization: `Bearer ${token}` }
}

const sessionProbes: readonly Probe[] = [
  { operation: 'autenticarSessao', variant: '', request: signIn },
  {
    operation: 'encerrarSessao',
    variant: '',
    request: async (target) => {
      const { content } = await ask(target, signIn(target))
      const { sessao } = content as { sessao: string }
      return { method: 'POST', path: '/api/encerrar_sessao', authorization: `Bearer ${sessao}` }
    },
  },
]

const userProbes: readonly Probe[] = [
  {
    operation: 'verificarUsuario',
    variant: '',
    request: (target, serial) =>
      post('verificar_usuario', { usuario: someUser(target, serial), telefone: '4533210001' }),
  },
  {
    operation: 'verificarUsuario',
    variant: 'unknown code',
    request: () => post('verificar_usuario', { usuario: '999999999999', telefone: unknownCaller() }),
  },
  {
    operation: 'getUserToSpeech',
    variant: '',
    request: (target, serial) => post('get_user_to_speech', { usuario: someUser(target, serial) }),
  },
  {
    operation: 'identificarRamal',
    variant: '',
    request: () => post('identificar_ramal', { ramal: '2001', chamada: 'scale.1' }),
  },
  {
    operation: 'confirmarRamal',
    variant: '',
    request: (target, serial) =>
      post('confirmar_ramal', { ramal: '2001', usuario: someUser(target, serial), chamada: 'scale.1' }),
  },
  {
    operation: 'solicitarCodigo',
    variant: '',
    request: (target, serial) =>
      post('solicitar_codigo', { usuario: someUser(target, serial) }, { 'idempotency-key': randomUUID() }),
  },
  {
    operation: 'consultarCodigo',
    variant: '',
    request: async (target, serial) => {
      const call = { usuario: someUser(target, serial + 2), chamada: `scale.${serial}` }
      await ask(target, post('solicitar_codigo', call))
      return { method: 'GET', path: `/api/situacao_codigo?${new URLSearchParams(call).toString()}` }
    },
  },
  {
    operation: 'verificarCodigo',
    variant: '',
    request: async (target, serial) => {
      const user = someUser(target, serial + 1)
      await ask(target, post('solicitar_codigo', { usuario: user }))
      return post('verificar_codigo', { user, codigo: '00000000' }, { 'idempotency-key': randomUUID() })
    },
  },
]

const ticketProbes: readonly Probe[] = [
  { operation: 'abrirChamado', variant: '', request: newTicket },
  {
    operation: 'abrirChamado',
    variant: 'repeated',
    request: async (target, serial) => {
      const request = newTicket(target, serial)
      await ask(target, request)
      return request
    },
  },
  {
    operation: 'verificarChamado',
    variant: '',
    request: (target, serial) => {
      const number = someTicket(target, serial)
      const usuario = codeOf(requesterOf(number, target.population))
      return post('verificar_chamado', { usuario, chamado: protocolOf(number + 1) })
    },
  },
]

const callProbes: readonly Probe[] = [
  {
    operation: 'registrarLigacao',
    variant: '',
    request: (target, serial) => {
      const at = new Date().toISOString()
      return post('registrar_ligacao', {
        chamada: `scale.${randomUUID()}`,
        rodada: 1,
        telefone: '4533210001',
        inicio: at,
        fim: at,
        etapas: [{ etapa: 'welcome', em: at }],
        resultado: 'ticket_opened',
        usuario: someUser(target, serial),
        protocolos: ['10017'],
      })
    },
  },
  {
    operation: 'consultarLigacao',
    variant: '',
    request: (target, serial) => ({ method: 'GET', path: `/api/ligacoes/${someCall(target, serial)}` }),
  },
]

function plainGet(operation: string, path: string): Probe {
  return { operation, variant: '', request: () => ({ method: 'GET', path }) }
}

/** The endpoints of the phone, and those for whoever runs the service. */
export const phoneProbes: readonly Probe[] = [
  plainGet('verificarProcesso', '/healthz'),
  plainGet('verificarProntidao', '/readyz'),
  plainGet('lerMetricas', '/metrics'),
  ...sessionProbes,
  ...userProbes,
  plainGet('listarServicos', '/api/servicos'),
  plainGet('listarInformacoes', '/api/informacoes'),
  { operation: 'falarInformacao', variant: '', request: () => post('falar_informacao', {}) },
  {
    operation: 'avaliarAtendimento',
    variant: '',
    request: () =>
      post('avaliar_atendimento', { chamada: `scale.${randomUUID()}`, momento: 'tecnico', nota: 5 }),
  },
  plainGet('consultarHorario', '/api/horario_atendimento'),
  ...ticketProbes,
  ...callProbes,
]
