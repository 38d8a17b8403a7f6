import type { Database } from '../database/schema.ts'
import type { Announcement } from './announcement.ts'

/** All of them in their order. */
export async function listAnnouncements(db: Database): Promise<Announcement[]> {
  const rows = await db.selectFrom('announcements').selectAll().orderBy('position').orderBy('id').execute()
  return rows.map((row) => ({ ...row, active: row.active === 1 }))
}

/** Makes this transaction the only one that changes those that are there until it ends. */
export async function lockAnnouncements(trx: Database): Promise<void> {
  await trx
    .updateTable('announcements')
    .set((column) => ({ position: column.ref('position') }))
    .execute()
}

/** Adds one and gives its id. */
export async function insertAnnouncement(
  trx: Database,
  announcement: Omit<Announcement, 'id'>,
): Promise<number> {
  const { insertId } = await trx
    .insertInto('announcements')
    .values({ ...announcement, active: Number(announcement.active) })
    .executeTakeFirstOrThrow()
  return Number(insertId)
}

/** Writes one as it shall be. */
export async function updateAnnouncement(
  trx: Database,
  { id, active, ...fields }: Announcement,
): Promise<void> {
  await trx
    .updateTable('announcements')
    .set({ ...fields, active: Number(active) })
    .where('id', '=', id)
    .execute()
}

/** Removes one for good. */
export async function deleteAnnouncement(trx: Database, id: number): Promise<void> {
  await trx.deleteFrom('announcements').where('id', '=', id).execute()
}
