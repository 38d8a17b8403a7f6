import { recordAudit } from '../audit/audit-log.ts'
import {
  type CatalogueCategory,
  type CatalogueService,
  listCategories,
  listServices,
  lockCatalogue,
} from '../catalogue/catalogue-administration.ts'
import { catalogueVersion } from '../catalogue/catalogue.ts'
import { readCatalogue } from '../catalogue/catalogue-repository.ts'
import type { Database } from '../database/schema.ts'
import { inTransaction } from '../database/transaction.ts'
import { type AdminContext, type CommandOutcome, RefusedError, UsageError } from './command.ts'

/** The catalogue under change: nobody else changes it, retired entries are out of the way. */
export interface CatalogueUnderChange {
  trx: Database
  now: Date
  categories: CatalogueCategory[]
  services: CatalogueService[]
}

/**
 * Changes the catalogue as one; the very next call hears it. `work` gives what to tell.
 * @throws RefusedError when nothing at all would be left to choose from
 */
export async function changeCatalogue(
  { db, now, actor }: AdminContext,
  detail: Readonly<Record<string, string>>,
  work: (catalogue: CatalogueUnderChange) => Promise<string>,
): Promise<CommandOutcome> {
  return await inTransaction(db, async (trx) => {
    await lockCatalogue(trx)
    const categories = (await listCategories(trx)).filter(({ retiredAt }) => retiredAt === null)
    const services = (await listServices(trx)).filter(({ retiredAt }) => retiredAt === null)
    const text = await work({ trx, now, categories, services })
    const offered = await readCatalogue(trx)
    if (offered.length === 0) {
      throw new RefusedError('Assim não sobraria nenhum serviço no telefone; nada foi mudado.')
    }
    await recordAudit(trx, { event: 'catalogue_changed', source: { actor }, at: now, detail })
    return { data: { ...detail, version: catalogueVersion(offered) }, text }
  })
}

/** @throws RefusedError */
export function requireCategory({ categories }: CatalogueUnderChange, key: string): CatalogueCategory {
  const category = categories.find((candidate) => candidate.key === key)
  if (category === undefined) {
    throw new RefusedError(`Não há categoria na tecla "${key}".`)
  }
  return category
}

/** @throws RefusedError */
export function requireService({ services }: CatalogueUnderChange, code: string): CatalogueService {
  const service = services.find((candidate) => candidate.code === code)
  if (service === undefined) {
    throw new RefusedError(`Não há serviço com o código "${code}".`)
  }
  return service
}

/**
 * A name that is spoken, of 1 to 100 characters.
 * @throws UsageError
 */
export function parseName(typed: string): string {
  const name = typed.normalize('NFC').trim()
  if (!/^[^\p{Cc}]+$/u.test(name) || Array.from(name).length > 100) {
    throw new UsageError('O nome tem de 1 a 100 caracteres, numa linha.')
  }
  return name
}
