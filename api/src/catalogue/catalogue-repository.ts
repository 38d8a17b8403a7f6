import type { Database } from '../database/schema.ts'
import { inTransaction } from '../database/transaction.ts'
import { type Catalogue, type Category, parseKeypadReference, type Service } from './catalogue.ts'
import { firstCatalogue } from './first-catalogue.ts'

/** A service that a ticket can be opened for. */
export interface OfferedService {
  id: number
  code: string
  name: string
}

/** The catalogue as it is offered now, in the order of the menus. */
export async function readCatalogue(db: Database): Promise<Catalogue> {
  const rows = await offered(db)
    .select([
      'catalogue_categories.id as category_id',
      'catalogue_categories.menu_key',
      'catalogue_categories.name as category_name',
      'catalogue_services.code',
      'catalogue_services.menu_option',
      'catalogue_services.name',
    ])
    .orderBy('catalogue_categories.position')
    .orderBy('catalogue_categories.id')
    .orderBy('catalogue_services.menu_option')
    .execute()
  const categories = new Map<number, Category & { services: Service[] }>()
  for (const row of rows) {
    const category = categories.get(row.category_id) ?? {
      key: row.menu_key,
      name: row.category_name,
      services: [],
    }
    category.services.push({ code: row.code, option: row.menu_option, name: row.name })
    categories.set(row.category_id, category)
  }
  return [...categories.values()]
}

/** The offered service that a stable code or a keypad form (`2-3`) names; a code wins over a keypad form. */
export async function findOfferedService(db: Database, reference: string): Promise<OfferedService | null> {
  const services = await findOfferedServices(db, [reference])
  return services.get(reference) ?? null
}

/** The offered services that stable codes or keypad forms name, by those. */
export async function findOfferedServices(
  db: Database,
  references: readonly string[],
): Promise<Map<string, OfferedService>> {
  const wanted = [...new Set(references)].map((code) => ({ code, keypad: parseKeypadReference(code) }))
  const keypads = wanted.flatMap(({ keypad }) => keypad ?? [])
  const found = await offered(db)
    .select([
      'catalogue_services.id',
      'catalogue_services.code',
      'catalogue_services.name',
      'catalogue_services.menu_option',
      'catalogue_categories.menu_key',
    ])
    .where((where) =>
      where.or([
        where(
          'catalogue_services.code',
          'in',
          wanted.map(({ code }) => code),
        ),
        ...keypads.map(({ key, option }) =>
          where.and({ 'catalogue_categories.menu_key': key, 'catalogue_services.menu_option': option }),
        ),
      ]),
    )
    .execute()
  const services = new Map<string, OfferedService>()
  for (const { code, keypad } of wanted) {
    const service =
      found.find((row) => row.code === code) ??
      found.find((row) => row.menu_key === keypad?.key && row.menu_option === keypad.option)
    if (service !== undefined) {
      services.set(code, { id: service.id, code: service.code, name: service.name })
    }
  }
  return services
}

/** Writes the first catalogue when there is none at all. */
export async function ensureFirstCatalogue(db: Database): Promise<void> {
  await inTransaction(db, async (trx) => {
    const something = await trx.selectFrom('catalogue_categories').select('id').limit(1).executeTakeFirst()
    if (something !== undefined) {
      return
    }
    for (const [index, category] of firstCatalogue.entries()) {
      const { insertId } = await trx
        .insertInto('catalogue_categories')
        .values({ menu_key: category.key, name: category.name, position: index + 1 })
        .executeTakeFirstOrThrow()
      const services = category.services.map((service, place) => ({
        category_id: Number(insertId),
        code: service.code,
        menu_option: place + 1,
        name: service.name,
      }))
      await trx.insertInto('catalogue_services').values(services).execute()
    }
  })
}

function offered(db: Database) {
  return db
    .selectFrom('catalogue_services')
    .innerJoin('catalogue_categories', 'catalogue_categories.id', 'catalogue_services.category_id')
    .where('catalogue_categories.active', '=', 1)
    .where('catalogue_services.active', '=', 1)
}
