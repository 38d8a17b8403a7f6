import { HelpdeskError } from '@ura/core/errors'
import { type AuditSource, recordAudit } from '../audit/audit-log.ts'
import type { ApiContext } from '../context.ts'
import type { Database } from '../database/schema.ts'
import { inTransaction } from '../database/transaction.ts'
import {
  activeAnnouncementsMax,
  type Announcement,
  announcementsMax,
  spokenLine,
  textCharactersMax,
  titleCharactersMax,
} from './announcement.ts'
import {
  deleteAnnouncement,
  insertAnnouncement,
  listAnnouncements,
  lockAnnouncements,
  updateAnnouncement,
} from './announcement-repository.ts'

/** What may be said of one; what is left out stays. */
export type AnnouncementFields = Partial<Omit<Announcement, 'id'>>

type ChangeContext = Pick<ApiContext, 'db' | 'clock'>

/** Looks at the announcements as they are, behind the lock; may refuse the change by throwing. */
export type ChangeGuard = (announcements: readonly Announcement[]) => void

/**
 * Adds one, at the end and switched on unless told otherwise; gives all of them.
 * @throws HelpdeskError REQUISICAO_INVALIDA naming the field; MUDANCA_NAO_PERMITIDA when there are too many
 */
export async function addAnnouncement(
  context: ChangeContext,
  fields: AnnouncementFields & { title: string; text: string },
  source: AuditSource,
): Promise<Announcement[]> {
  const { title, text, active = true, position = announcementsMax } = checked(fields)
  return await changing(context, { source, change: 'added' }, async (trx, announcements) => {
    if (announcements.length >= announcementsMax) {
      refuse(`Já há ${announcementsMax} informações; remova uma antes.`)
    }
    const kept = { title: title ?? '', text: text ?? '', active, position }
    const id = await insertAnnouncement(trx, kept)
    return { id, announcements: moved(announcements, { ...kept, id }) }
  })
}

/**
 * Changes one, its place included; gives all of them.
 * @throws HelpdeskError INFORMACAO_NAO_ENCONTRADA, REQUISICAO_INVALIDA, MUDANCA_NAO_PERMITIDA; what the guard throws
 */
export async function changeAnnouncement(
  context: ChangeContext,
  edit: { id: number; fields: AnnouncementFields; source: AuditSource; guard?: ChangeGuard },
): Promise<Announcement[]> {
  const { id, source, guard } = edit
  const fields = checked(edit.fields)
  return await changing(context, { source, change: 'changed', guard }, async (_trx, announcements) => {
    const changed = { ...requireAnnouncement(announcements, id), ...fields }
    return { id, announcements: moved(announcements, changed) }
  })
}

/**
 * Removes one for good; gives the others.
 * @throws HelpdeskError INFORMACAO_NAO_ENCONTRADA; what the guard throws
 */
export async function removeAnnouncement(
  context: ChangeContext,
  removal: { id: number; source: AuditSource; guard?: ChangeGuard },
): Promise<Announcement[]> {
  const { id, source, guard } = removal
  return await changing(context, { source, change: 'removed', guard }, async (trx, announcements) => {
    requireAnnouncement(announcements, id)
    await deleteAnnouncement(trx, id)
    return { id, announcements: announcements.filter((one) => one.id !== id) }
  })
}

async function changing(
  { db, clock }: ChangeContext,
  { source, change, guard }: { source: AuditSource; change: string; guard?: ChangeGuard | undefined },
  work: (
    trx: Database,
    announcements: readonly Announcement[],
  ) => Promise<{ id: number; announcements: readonly Announcement[] }>,
): Promise<Announcement[]> {
  return await inTransaction(db, async (trx) => {
    await lockAnnouncements(trx)
    const before = await listAnnouncements(trx)
    guard?.(before)
    const { id, announcements } = await work(trx, before)
    if (announcements.filter(({ active }) => active).length > activeAnnouncementsMax) {
      refuse(`No menu cabem ${activeAnnouncementsMax} informações; desligue uma antes.`)
    }
    for (const [index, announcement] of announcements.entries()) {
      await updateAnnouncement(trx, { ...announcement, position: index + 1 })
    }
    const detail = { change, announcement: id }
    await recordAudit(trx, { event: 'announcements_changed', source, at: clock.now(), detail })
    return await listAnnouncements(trx)
  })
}

/** One at its place, the others in their order around it. */
function moved(announcements: readonly Announcement[], one: Announcement): Announcement[] {
  return announcements.filter(({ id }) => id !== one.id).toSpliced(one.position - 1, 0, one)
}

function requireAnnouncement(announcements: readonly Announcement[], id: number): Announcement {
  const found = announcements.find((one) => one.id === id)
  if (found === undefined) {
    throw new HelpdeskError('INFORMACAO_NAO_ENCONTRADA', { field: 'id' })
  }
  return found
}

function checked(fields: AnnouncementFields): AnnouncementFields {
  return {
    ...fields,
    ...(fields.title !== undefined && { title: lineOf('title', fields.title, titleCharactersMax) }),
    ...(fields.text !== undefined && { text: lineOf('text', fields.text, textCharactersMax) }),
  }
}

function lineOf(field: 'title' | 'text', typed: string, charactersMax: number): string {
  const line = spokenLine(typed, charactersMax)
  if (line === null) {
    const message = `O campo "${field}" tem de 1 a ${charactersMax} caracteres, com algo que se possa falar.`
    throw new HelpdeskError('REQUISICAO_INVALIDA', { message, field })
  }
  return line
}

function refuse(message: string): never {
  throw new HelpdeskError('MUDANCA_NAO_PERMITIDA', { message })
}
