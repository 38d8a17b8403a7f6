import { type TSchema, Type } from 'typebox'

/** The query fields that every list of `/api/v1` takes beside its filters. */
export const pageFields = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, description: 'Rows of a page; default 50' })),
  cursor: Type.Optional(
    Type.String({
      maxLength: 1_000,
      description: '`next` of the page before, with the same filters and sort',
    }),
  ),
}

/** An instant in a query or an answer. */
export const Instant = Type.String({ format: 'date-time', examples: ['2026-11-23T14:00:00.000Z'] })

/** One page of a list; `next` is null on the last one. */
export function pageOf<Item extends TSchema>(item: Item) {
  const { examples = [] } = item as { examples?: unknown[] }
  return Type.Object(
    {
      items: Type.Array(item, { maxItems: 200 }),
      next: Type.Union([Type.String(), Type.Null()], { description: 'For `cursor`; null on the last page' }),
    },
    { description: 'One page', examples: [{ items: examples, next: null }] },
  )
}

/** A field that may be null. */
export function nullable<Item extends TSchema>(item: Item) {
  return Type.Union([item, Type.Null()])
}
