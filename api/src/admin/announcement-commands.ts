import { HelpdeskError } from '@ura/core/errors'
import { type Announcement, announcementsMax, offeredAnnouncements } from '../announcements/announcement.ts'
import { listAnnouncements } from '../announcements/announcement-repository.ts'
import {
  addAnnouncement,
  type AnnouncementFields,
  changeAnnouncement,
  removeAnnouncement,
} from '../announcements/change-announcements.ts'
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
const textOption = { value: 'TEXTO', summary: 'O que se ouve, de 1 a 1.000 caracteres' }
const positionOption = { value: 'N', summary: `Lugar entre todas, de 1 a ${announcementsMax}` }
const positions = { min: 1, max: announcementsMax, default: 0 }

export const announcementCommands: Commands = {
  'announcements list': {
    usage: 'announcements list',
    summary: 'Lista as informações que se ouvem pela tecla 4 do menu principal',
    positionals: { min: 0, max: 0 },
    run: async ({ db }) => outcome(await listAnnouncements(db)),
  },
  'announcements add': {
    usage: 'announcements add TÍTULO --text TEXTO',
    summary: 'Inclui uma informação; a próxima ligação já a ouve',
    positionals: one,
    options: { text: textOption, position: positionOption, off: { summary: 'Guarda sem oferecer' } },
    async run(context, input) {
      const [title = ''] = input.positionals
      const text = input.value('text')
      if (text === undefined) {
        throw new UsageError('Informe --text.')
      }
      const fields = { title, text, active: !input.has('off'), ...positionOf(input) }
      return outcome(await refusing(() => addAnnouncement(context, fields, { actor: context.actor })))
    },
  },
  'announcements change': {
    usage: 'announcements change ID',
    summary: 'Muda o título, o texto ou o lugar de uma informação',
    positionals: one,
    options: {
      title: { value: 'TÍTULO', summary: 'Como o menu a chama, de 1 a 60 caracteres' },
      text: textOption,
      position: positionOption,
    },
    async run(context, input) {
      const [title, text] = [input.value('title'), input.value('text')]
      const fields = {
        ...(title !== undefined && { title }),
        ...(text !== undefined && { text }),
        ...positionOf(input),
      }
      if (Object.keys(fields).length === 0) {
        throw new UsageError('Diga o que muda: --title, --text ou --position.')
      }
      return await change(context, input, fields)
    },
  },
  'announcements on': {
    usage: 'announcements on ID',
    summary: 'Volta a oferecer uma informação',
    positionals: one,
    run: (context, input) => change(context, input, { active: true }),
  },
  'announcements off': {
    usage: 'announcements off ID',
    summary: 'Deixa de oferecer uma informação, sem apagá-la; as teclas das seguintes mudam',
    positionals: one,
    run: (context, input) => change(context, input, { active: false }),
  },
  'announcements remove': {
    usage: 'announcements remove ID',
    summary: 'Apaga uma informação',
    positionals: one,
    options: yesOption,
    async run(context, input) {
      const id = idOf(input)
      await requireConfirmation(context, input, `Apagar a informação ${id} para sempre?`)
      const source = { actor: context.actor }
      return outcome(await refusing(() => removeAnnouncement(context, { id, source })))
    },
  },
}

async function change(
  context: AdminContext,
  input: CommandInput,
  fields: AnnouncementFields,
): Promise<CommandOutcome> {
  const edit = { id: idOf(input), fields, source: { actor: context.actor } }
  return outcome(await refusing(() => changeAnnouncement(context, edit)))
}

function outcome(announcements: readonly Announcement[]): CommandOutcome {
  const keys = new Map(offeredAnnouncements(announcements).map(({ id, key }) => [id, key]))
  const data = announcements.map((announcement) => ({
    ...announcement,
    key: keys.get(announcement.id) ?? null,
  }))
  const rows = data.map(({ id, key, title, text }) => [`${id}`, key ?? 'desligada', title, excerpt(text)])
  return {
    data,
    text:
      rows.length === 0
        ? 'Nenhuma informação: o menu principal não fala delas.'
        : formatTable([['ID', 'TECLA', 'TÍTULO', 'TEXTO'], ...rows]),
  }
}

function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

function idOf({ positionals: [typed = ''] }: CommandInput): number {
  if (!/^[1-9]\d{0,8}$/.test(typed)) {
    throw new UsageError(`"${typed}" não é o ID de uma informação; veja announcements list.`)
  }
  return Number(typed)
}

function positionOf(input: CommandInput): { position?: number } {
  const position = integerOption(input, 'position', positions)
  return position === 0 ? {} : { position }
}

/** What the change says no to, as the person at the keyboard is told. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof HelpdeskError ? new RefusedError(error.message) : error
  }
}
