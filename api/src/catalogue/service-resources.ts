import { createHash } from 'node:crypto'
import { HelpdeskError } from '@ura/core/errors'
import { type Static, Type } from 'typebox'
import { type AuditSource, recordAudit } from '../audit/audit-log.ts'
import type { ApiContext } from '../context.ts'
import type { Database } from '../database/schema.ts'
import { inTransaction } from '../database/transaction.ts'
import { requireMatch, versionEtag } from '../http/entity-version.ts'
import { changeService, listCategories, listServices, lockCatalogue } from './catalogue-administration.ts'

export const ServiceResource = Type.Object({
  code: Type.String({ examples: ['computador-nao-liga'] }),
  name: Type.String(),
  option: Type.Integer({ description: "Key in the category's menu" }),
  active: Type.Boolean({ description: 'Whether callers are offered it' }),
  retired: Type.Boolean({ description: 'Out of the catalogue for good; only its tickets know it' }),
})

export const CategoryResource = Type.Object({
  id: Type.Integer({ description: 'For the filter `category` of tickets' }),
  key: Type.String({ description: 'Key in the first menu' }),
  name: Type.String(),
  active: Type.Boolean(),
  retired: Type.Boolean(),
  services: Type.Array(ServiceResource),
})

export const CategoriesAnswer = Type.Object(
  { categories: Type.Array(CategoryResource) },
  {
    description: 'The catalogue',
    examples: [
      {
        categories: [
          {
            id: 1,
            key: '1',
            name: 'Computador',
            active: true,
            retired: false,
            services: [
              {
                code: 'computador-nao-liga',
                name: 'Computador não liga',
                option: 2,
                active: true,
                retired: false,
              },
            ],
          },
        ],
      },
    ],
  },
)

export const ServiceParams = Type.Object({
  code: Type.String({ minLength: 1, maxLength: 64, examples: ['computador-nao-liga'] }),
})

export const ChangeServiceBody = Type.Partial(
  Type.Object({
    name: Type.String({ pattern: '^(?=.*\\S)[^\\u0000-\\u001f\\u007f]{1,100}$' }),
    active: Type.Boolean(),
  }),
  {
    additionalProperties: false,
    minProperties: 1,
    description: 'What is to be changed',
    examples: [{ active: false }],
  },
)

type CategoryResource = Static<typeof CategoryResource>

/** The whole catalogue in the order of the menus, with what is retired. */
export async function readCategories(db: Database): Promise<CategoryResource[]> {
  const services = await listServices(db)
  return (await listCategories(db)).map(({ id, key, name, active, retiredAt }) => ({
    id,
    key,
    name,
    active,
    retired: retiredAt !== null,
    services: services
      .filter(({ categoryId }) => categoryId === id)
      .map((service) => ({
        code: service.code,
        name: service.name,
        option: service.option,
        active: service.active,
        retired: service.retiredAt !== null,
      })),
  }))
}

/** The ETag of the whole catalogue: whatever changes in it changes it. */
export function categoriesEtag(categories: readonly CategoryResource[]): string {
  return versionEtag(createHash('sha256').update(JSON.stringify(categories)).digest('hex').slice(0, 24))
}

/**
 * Renames a service of the catalogue as it was read, or switches it on or off.
 * @throws HelpdeskError SERVICO_INEXISTENTE, VERSAO_DIVERGENTE; MUDANCA_NAO_PERMITIDA for a retired one
 */
export async function editService(
  { db, clock }: Pick<ApiContext, 'db' | 'clock'>,
  edit: {
    code: string
    body: Static<typeof ChangeServiceBody>
    ifMatch: string
    source: AuditSource
  },
): Promise<CategoryResource[]> {
  const { code, body, ifMatch, source } = edit
  return await inTransaction(db, async (trx) => {
    await lockCatalogue(trx)
    requireMatch(ifMatch, categoriesEtag(await readCategories(trx)))
    const service = (await listServices(trx)).find((candidate) => candidate.code === code)
    if (service === undefined) {
      throw new HelpdeskError('SERVICO_INEXISTENTE', { field: 'code' })
    }
    if (service.retiredAt !== null) {
      throw new HelpdeskError('MUDANCA_NAO_PERMITIDA', { field: 'code' })
    }
    await changeService(trx, service.id, body)
    const detail = { change: 'service_changed', code, ...body }
    await recordAudit(trx, { event: 'catalogue_changed', source, at: clock.now(), detail })
    return await readCategories(trx)
  })
}
