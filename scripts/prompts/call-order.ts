import type { PromptId } from '@ura/agi/prompts/ids'
import { categoryMenuText, serviceMenuText, type Catalogue } from '@ura/api/catalogue/catalogue'
import { firstCatalogue } from '@ura/api/catalogue/first-catalogue'
import { returnText } from '@ura/api/office-hours/office-hours-text'
import { cleanForSpeech } from '@ura/api/speech/spoken-text'
import { protocolText, ticketStatusText } from '@ura/api/tickets/ticket-text'

/** A step of the call with what may be heard in it, in that order: prompts of the pack and examples by their ids. */
export interface CallStep {
  /** Of letters and hyphens, unique. */
  id: string
  title: string
  sounds: readonly string[]
}

const catalogue: Catalogue = firstCatalogue.map(({ key, name, services }) => ({
  key,
  name,
  services: services.map((service, index) => ({ ...service, option: index + 1 })),
}))

const timeZone = 'America/Sao_Paulo'
/** A moment that never changes, so that the examples don't either. */
const now = new Date('2026-03-04T13:00:00Z')
const protocol = '1042371'
const names = ['Maria da Conceição Araújo', 'Wellington Schmidt Kowalski', 'Dra. Kátia Nakamura']

/** What the API makes of its data, by example: names, menus of the first catalogue, protocol, status, return. */
export const exampleTexts: Readonly<Record<string, string>> = Object.fromEntries([
  ...names.map((name, index) => [`exemplo-nome-${index + 1}`, cleanForSpeech(name)]),
  ['exemplo-categorias', categoryMenuText(catalogue)],
  ...catalogue.map((category) => [`exemplo-servicos-${category.key}`, serviceMenuText(category)]),
  ['exemplo-protocolo', protocolText(protocol)],
  [
    'exemplo-situacao',
    ticketStatusText(
      {
        protocol,
        service: 'Instalação de software',
        status: 'em_atendimento',
        updatedAt: new Date('2026-03-03T17:30:00Z'),
      },
      { now, timeZone },
    ),
  ],
  ['exemplo-retorno', returnText(new Date('2026-03-05T11:00:00Z'), { now, timeZone })],
])

const examplesOf = (prefix: string): string[] =>
  Object.keys(exampleTexts).filter((id) => id.startsWith(`exemplo-${prefix}`))
const prompts = (...ids: PromptId[]): PromptId[] => ids

/** The whole call, from greeting to goodbye. Every prompt is in it once. */
export const callSteps: readonly CallStep[] = [
  { id: 'menu', title: 'Menu principal', sounds: prompts('main-menu', 'main-menu-with-information') },
  {
    id: 'ramal',
    title: 'Ramal que identifica',
    sounds: prompts('extension-name-before', 'extension-name-after'),
  },
  {
    id: 'cadastro',
    title: 'Código de cadastro',
    sounds: prompts('ask-registration', 'unknown-registration'),
  },
  {
    id: 'acesso',
    title: 'Código de acesso',
    sounds: prompts(
      'access-code-sent',
      'access-code-sent-by-email',
      'ask-access-code',
      'wrong-access-code',
      'tries-left',
      'access-code-resent',
      'access-code-expired',
      'access-code-undeliverable',
    ),
  },
  {
    id: 'nome',
    title: 'Confirmação do nome',
    sounds: [
      ...prompts('confirm-name-before'),
      ...examplesOf('nome'),
      ...prompts('confirm-name-after', 'identity-declined'),
    ],
  },
  {
    id: 'catalogo',
    title: 'Categoria e serviço',
    sounds: [
      ...examplesOf('categorias'),
      ...examplesOf('servicos'),
      ...prompts('category-menu', 'service-menu'),
    ],
  },
  {
    id: 'descricao',
    title: 'Descrição do problema por voz',
    sounds: prompts(
      'voice-note-offer',
      'voice-note-notice',
      'voice-note-begin',
      'voice-note-review',
      'voice-note-empty',
      'voice-note-kept',
      'voice-note-failed',
    ),
  },
  {
    id: 'aberto',
    title: 'Chamado aberto',
    sounds: [
      ...prompts('ticket-opened'),
      ...examplesOf('protocolo'),
      ...prompts('after-ticket', 'after-ticket-by-email', 'after-ticket-unsent', 'ticket-registered-offline'),
    ],
  },
  {
    id: 'consulta',
    title: 'Consulta de chamado',
    sounds: [
      ...prompts('ask-ticket', 'ticket-not-found'),
      ...examplesOf('situacao'),
      ...prompts(
        'status-open',
        'status-in-progress',
        'status-waiting-for-user',
        'status-resolved',
        'status-closed',
        'status-cancelled',
        'after-status',
      ),
    ],
  },
  {
    id: 'equipe',
    title: 'Equipe técnica',
    sounds: [...prompts('transferring', 'recording-notice', 'out-of-hours'), ...examplesOf('retorno')],
  },
  {
    id: 'informacoes',
    title: 'Informações',
    sounds: prompts('information-menu', 'after-information', 'information-unavailable'),
  },
  {
    id: 'avaliacao',
    title: 'Avaliação',
    sounds: prompts('ask-satisfaction', 'satisfaction-thanks'),
  },
  {
    id: 'qualquer',
    title: 'A qualquer momento',
    sounds: prompts(
      'one-moment',
      'invalid-option',
      'no-input',
      'too-many-tries',
      'system-unavailable',
      'goodbye',
    ),
  },
  {
    id: 'digitos',
    title: 'Dígitos gravados',
    sounds: prompts(
      'digit-0',
      'digit-1',
      'digit-2',
      'digit-3',
      'digit-4',
      'digit-5',
      'digit-6',
      'digit-7',
      'digit-8',
      'digit-9',
    ),
  },
]
