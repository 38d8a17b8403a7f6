import { HelpdeskError } from '@ura/core/errors'
import type {
  AnnouncementsAnswer,
  CallRecord,
  CatalogueAnswer,
  OfficeHoursAnswer,
  TicketStatus,
} from '@ura/core/ticket-api/schemas'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'

/** What the fake API was asked to do, in order: method and the part of the request that tells calls apart. */
export type Asked = [method: keyof TicketApi, what: string]

type Rating = Parameters<TicketApi['rate']>[0]

const audio = (name: string): { url: string; nome_audio: string } => ({
  url: `http://127.0.0.1/audio/${name}.wav`,
  nome_audio: `${name}.wav`,
})
const silent = { url: null, nome_audio: null }

type Spoken = (name: string) => typeof silent | ReturnType<typeof audio>

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
  readonly ratings: Rating[] = []
  /** WAV files, in order. */
  readonly voiceNotes: Buffer[] = []
  readonly api: TicketApi
  /** User codes with the calls in which their access code was verified. */
  readonly #identified = new Set<string>()

  constructor(
    options: {
      speech?: boolean
      open?: boolean
      ticketStatus?: TicketStatus
      announcements?: AnnouncementsAnswer['informacoes']
      overrides?: Partial<TicketApi>
    } = {},
  ) {
    const spoken: Spoken = (name) => (options.speech === false ? silent : audio(name))
    const note = (...asked: Asked): void => void this.asked.push(asked)
    const fixed: TicketApi = {
      ...identityAnswers({ spoken, note, identified: this.#identified }),
      catalogue: async () => (options.speech === false ? withoutAudio(catalogue) : catalogue),
      announcements: async () => ({ status: true, versao: 'v1', informacoes: options.announcements ?? [] }),
      announcementSpeech: async (id) => ({
        status: true,
        texto: '…',
        ...spoken(id === null ? 'announcements' : `announcement-${id}`),
      }),
      openTicket: async ({ userCode, service, callId, idempotencyKey, requireIdentification }) => {
        note('openTicket', `${service} ${idempotencyKey}`)
        if (requireIdentification === true && !this.#identified.has(`${userCode} ${callId}`)) {
          throw new HelpdeskError('USUARIO_NAO_IDENTIFICADO')
        }
        return { status: true, protocolo: '10017', aviso: 'whatsapp', ...spoken('protocol') }
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
            situacao: options.ticketStatus ?? 'em_atendimento',
            servico: 'Computador não liga',
            categoria: 'Computador',
            aberto_em: '2026-01-01T00:00:00Z',
            atualizado_em: '2026-01-01T00:00:00Z',
            avaliado: this.ratings.length > 0,
          },
          ...spoken('status'),
        }
      },
      rate: async (rating) => {
        this.ratings.push(rating)
        return true
      },
      officeHours: async () => hours(options.open ?? true, spoken('next-opening')),
      removeAudio: async (audioName) => {
        note('removeAudio', audioName)
        return audioName === 'name.wav'
      },
      saveCallRecord: async (record) => {
        this.records.push(record)
      },
      callRecords: async () => this.records,
    }
    this.api = { ...fixed, ...options.overrides }
  }
}

/** How user 1001 is identified: by access code 4821, or by extension 2001. */
function identityAnswers({
  spoken,
  note,
  identified,
}: {
  spoken: Spoken
  note: (...asked: Asked) => void
  identified: Set<string>
}): Pick<
  TicketApi,
  | 'verifyUser'
  | 'userSpeech'
  | 'identifyExtension'
  | 'confirmExtension'
  | 'requestAccessCode'
  | 'accessCodeStatus'
  | 'verifyAccessCode'
> {
  return {
    verifyUser: async ({ userCode }) => {
      note('verifyUser', userCode)
      return userCode === '1001'
    },
    userSpeech: async () => ({ status: true, nome: 'Ana Souza', ...spoken('name') }),
    identifyExtension: async ({ extension }) => {
      note('identifyExtension', extension)
      return extension === '2001'
        ? { status: true, usuario: '1001', nome: 'Ana Souza', ...spoken('name') }
        : { status: false }
    },
    confirmExtension: async ({ extension, userCode }) => {
      note('confirmExtension', `${extension} ${userCode}`)
      return true
    },
    requestAccessCode: async ({ idempotencyKey }) => {
      note('requestAccessCode', idempotencyKey)
      const expiry = { expira_em: '2026-01-01T00:00:00Z', digitos: 4 }
      return { status: true, canal: 'whatsapp', enviado_para: '…', ...expiry }
    },
    accessCodeStatus: async ({ userCode, callId }) => {
      note('accessCodeStatus', `${userCode} ${callId}`)
      return { status: true, situacao: 'a_caminho', canal: 'whatsapp' }
    },
    verifyAccessCode: async ({ userCode, code, callId, idempotencyKey }) => {
      note('verifyAccessCode', idempotencyKey)
      if (code === '4821') {
        identified.add(`${userCode} ${callId}`)
      }
      return code === '4821'
        ? { status: true }
        : { status: false, tentativas_restantes: 4, motivo: 'incorreto' }
    },
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
