import { HelpdeskError } from '@ura/core/errors'
import type { CallRecord, CatalogueAnswer, OfficeHoursAnswer } from '@ura/core/ticket-api/schemas'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'

/** What the fake API was asked to do, in order: method and the part of the request that tells calls apart. */
export type Asked = [method: keyof TicketApi, what: string]

const audio = (name: string): { url: string; nome_audio: string } => ({
  url: `http://127.0.0.1/audio/${name}.wav`,
  nome_audio: `${name}.wav`,
})
const silent = { url: null, nome_audio: null }

const catalogue: CatalogueAnswer = {
  status: true,
  versao: 'v1',
  menu: { texto: 'categorias', ...audio('categories') },
  categorias: [
    {
      tecla: '2',
      nome: 'Computador',
      menu: { texto: 'serviços', ...audio('services-2') },
      servicos: [{ codigo: 'computador-nao-liga', opcao: 1, nome: 'Computador não liga' }],
    },
  ],
}

/**
 * A ticket API in memory: user 1001 with access code 4821, one category (2) with one service (1), ticket 10017.
 * `speech: false` gives no audio; `open` is whether it is office hours; `overrides` replaces single methods.
 */
export class FakeTicketApi {
  readonly asked: Asked[] = []
  readonly records: CallRecord[] = []
  /** WAV files, in order. */
  readonly voiceNotes: Buffer[] = []
  readonly api: TicketApi

  constructor(options: { speech?: boolean; open?: boolean; overrides?: Partial<TicketApi> } = {}) {
    const spoken = (name: string): typeof silent | ReturnType<typeof audio> =>
      options.speech === false ? silent : audio(name)
    const note = (...asked: Asked): void => void this.asked.push(asked)
    const fixed: TicketApi = {
      verifyUser: async ({ userCode }) => {
        note('verifyUser', userCode)
        return userCode === '1001'
      },
      userSpeech: async () => ({ status: true, nome: 'Ana Souza', ...spoken('name') }),
      requestAccessCode: async ({ idempotencyKey }) => {
        note('requestAccessCode', idempotencyKey)
        return { status: true, enviado_para: '…', expira_em: '2026-01-01T00:00:00Z', digitos: 4 }
      },
      verifyAccessCode: async ({ code, idempotencyKey }) => {
        note('verifyAccessCode', idempotencyKey)
        return code === '4821'
          ? { status: true }
          : { status: false, tentativas_restantes: 4, motivo: 'incorreto' }
      },
      catalogue: async () => (options.speech === false ? withoutAudio(catalogue) : catalogue),
      openTicket: async ({ service, idempotencyKey }) => {
        note('openTicket', `${service} ${idempotencyKey}`)
        return { status: true, protocolo: '10017', ...spoken('protocol') }
      },
      addVoiceNote: async ({ userCode, protocol, audio: file, idempotencyKey }) => {
        note('addVoiceNote', `${userCode} ${protocol} ${idempotencyKey}`)
        this.voiceNotes.push(file)
        return { durationMs: Math.round((file.length - 44) / 16), storedAt: '2026-01-01T00:00:00Z' }
      },
      findTicket: async ({ protocol }) => {
        note('findTicket', protocol)
        if (protocol !== '10017') {
          throw new HelpdeskError('CHAMADO_NAO_ENCONTRADO')
        }
        return {
          status: true,
          chamado: {
            protocolo: protocol,
            situacao: 'em_atendimento',
            servico: 'Computador não liga',
            categoria: 'Computador',
            aberto_em: '2026-01-01T00:00:00Z',
            atualizado_em: '2026-01-01T00:00:00Z',
          },
          ...spoken('status'),
        }
      },
      officeHours: async () => hours(options.open ?? true, spoken('next-opening')),
      saveCallRecord: async (record) => {
        this.records.push(record)
      },
      callRecords: async () => this.records,
    }
    this.api = { ...fixed, ...options.overrides }
  }
}

function hours(
  open: boolean,
  audioOfOpening: { url: string | null; nome_audio: string | null },
): OfficeHoursAnswer {
  return {
    status: true,
    aberto: open,
    motivo: open ? 'horario' : 'fora_do_horario',
    proxima_abertura: null,
    proxima_mudanca: '2999-01-01T00:00:00Z',
    ...audioOfOpening,
  }
}

function withoutAudio(spoken: CatalogueAnswer): CatalogueAnswer {
  return {
    ...spoken,
    menu: { ...spoken.menu, ...silent },
    categorias: spoken.categorias.map((category) => ({ ...category, menu: { ...category.menu, ...silent } })),
  }
}
