import type { Database } from '../database/schema.ts'

/** Keys of the category menu: 7 hears it again, 9 and 0 are not in it. */
export const categoryKeys = ['1', '2', '3', '4', '5', '6', '8'] as const

/** Options of a service menu: 9 hears it again. */
export const serviceOptionMax = 8

/** A category as administrators see it, switched off ones too. */
export interface CatalogueCategory {
  id: number
  key: string
  name: string
  /** Its place when the menu is spoken. */
  position: number
  active: boolean
  retiredAt: Date | null
}

/** A service as administrators see it. */
export interface CatalogueService {
  id: number
  categoryId: number
  code: string
  option: number
  name: string
  active: boolean
  retiredAt: Date | null
}

/**
 * Makes this transaction the only one that changes the catalogue until it ends: which keys are taken must not change
 * between looking and writing.
 */
export async function lockCatalogue(trx: Database): Promise<void> {
  await trx
    .updateTable('catalogue_categories')
    .set((column) => ({ position: column.ref('position') }))
    .execute()
}

/** All categories in the order of the menu, retired ones last. */
export async function listCategories(db: Database): Promise<CatalogueCategory[]> {
  const rows = await db
    .selectFrom('catalogue_categories')
    .selectAll()
    .orderBy('position')
    .orderBy('id')
    .execute()
  const categories = rows.map((row) => ({
    id: row.id,
    key: row.menu_key,
    name: row.name,
    position: row.position,
    active: row.active === 1,
    retiredAt: row.retired_at_ms === null ? null : new Date(row.retired_at_ms),
  }))
  return retiredLast(categories)
}

/** All services in the order of their menus, retired ones last. */
export async function listServices(db: Database): Promise<CatalogueService[]> {
  const rows = await db
    .selectFrom('catalogue_services')
    .selectAll()
    .orderBy('menu_option')
    .orderBy('id')
    .execute()
  const services = rows.map((row) => ({
    id: row.id,
    categoryId: row.category_id,
    code: row.code,
    option: row.menu_option,
    name: row.name,
    active: row.active === 1,
    retiredAt: row.retired_at_ms === null ? null : new Date(row.retired_at_ms),
  }))
  return retiredLast(services)
}

/** Adds a category, offered as soon as it has a service, at the end of the menu. */
export async function addCategory(
  trx: Database,
  category: { key: string; name: string; position: number },
): Promise<void> {
  const { key, name, position } = category
  await trx.insertInto('catalogue_categories').values({ menu_key: key, name, position }).execute()
}

/** Adds a service, offered at once. */
export async function addService(
  trx: Database,
  service: Pick<CatalogueService, 'categoryId' | 'code' | 'option' | 'name'>,
): Promise<void> {
  const { categoryId, code, option, name } = service
  await trx
    .insertInto('catalogue_services')
    .values({ category_id: categoryId, code, menu_option: option, name })
    .execute()
}

/** Changes a category; what is left out stays. Retired, it is switched off too. */
export async function changeCategory(
  trx: Database,
  id: number,
  change: Partial<Omit<CatalogueCategory, 'id'>>,
): Promise<void> {
  const { key, active, retiredAt, ...same } = change
  const isActive = retiredAt === undefined ? active : false
  await trx
    .updateTable('catalogue_categories')
    .set({
      ...same,
      ...(key === undefined ? {} : { menu_key: key }),
      ...(isActive === undefined ? {} : { active: Number(isActive) }),
      ...(retiredAt === undefined ? {} : { retired_at_ms: retiredAt?.getTime() ?? null }),
    })
    .where('id', '=', id)
    .execute()
}

/** Changes a service; what is left out stays. Retired, it is switched off too. */
export async function changeService(
  trx: Database,
  id: number,
  change: Partial<Omit<CatalogueService, 'id' | 'code'>>,
): Promise<void> {
  const { categoryId, option, name, active, retiredAt } = change
  const isActive = retiredAt === undefined ? active : false
  await trx
    .updateTable('catalogue_services')
    .set({
      ...(name === undefined ? {} : { name }),
      ...(categoryId === undefined ? {} : { category_id: categoryId }),
      ...(option === undefined ? {} : { menu_option: option }),
      ...(isActive === undefined ? {} : { active: Number(isActive) }),
      ...(retiredAt === undefined ? {} : { retired_at_ms: retiredAt?.getTime() ?? null }),
    })
    .where('id', '=', id)
    .execute()
}

function retiredLast<T extends { retiredAt: Date | null }>(entries: readonly T[]): T[] {
  return [
    ...entries.filter(({ retiredAt }) => retiredAt === null),
    ...entries.filter(({ retiredAt }) => retiredAt !== null),
  ]
}
