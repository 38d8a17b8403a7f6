import { HelpdeskError } from '@ura/core/errors'
import type { Insertable } from 'kysely'
import { isUniqueViolation } from '@ura/core/database/database-errors'
import { removeOlder } from '../database/remove-older.ts'
import type { Database, Schema } from '../database/schema.ts'
import type { KeyedHash } from '../keyed-hash.ts'

type IdempotentEndpoint =
  | 'solicitar_codigo'
  | 'verificar_codigo'
  | 'novo_chamado'
  | 'v1/tickets'
  | 'v1/notes'
  | 'v1/voice-notes'

/** One request that may be sent more than once with the same effect. */
export interface IdempotentRequest {
  clientId: number
  endpoint: IdempotentEndpoint
  /** The `Idempotency-Key` header; without one every request has its own effect. */
  key: string | undefined
  body: Readonly<Record<string, unknown>>
  now: Date
}

interface IdempotentAnswer<T> {
  answer: T
  /** True when the effect was not repeated: the answer is that of an earlier request. */
  replayed: boolean
}

/**
 * Runs `effect` once for a client's key at one endpoint. Must be called inside the transaction that the effect writes
 * in, so that key, effect and answer are there together or not at all; two requests at once with one key have one
 * effect, since the second can't add the row that the first added. The answer must be JSON of at most 2,000 characters.
 * @throws HelpdeskError CHAVE_REUTILIZADA when the key came with another body
 */
export async function once<T>(
  options: { trx: Database; keyedHash: KeyedHash; request: IdempotentRequest },
  effect: () => Promise<T>,
): Promise<IdempotentAnswer<T>> {
  const { trx, request } = options
  if (request.key === undefined) {
    return { answer: await effect(), replayed: false }
  }
  const row = rowOf(options.keyedHash, request)
  try {
    await trx.insertInto('idempotency_keys').values(row).execute()
  } catch (error) {
    if (!isUniqueViolation(error)) {
      throw error
    }
    const kept = await trx
      .selectFrom('idempotency_keys')
      .select(['request_hash', 'answer'])
      .where((where) => where.and(keyOf(request)))
      .executeTakeFirstOrThrow()
    if (kept.request_hash !== row.request_hash) {
      throw reusedKey()
    }
    return { answer: JSON.parse(kept.answer) as T, replayed: true }
  }
  const answer = await effect()
  await trx
    .updateTable('idempotency_keys')
    .set({ answer: JSON.stringify(answer) })
    .where((where) => where.and(keyOf(request)))
    .execute()
  return { answer, replayed: false }
}

type Row = Insertable<Schema['idempotency_keys']>

/** What was kept for the keys of some requests: see {@link readKeptAnswers}. */
export interface KeptAnswers<T> {
  /**
   * The answer to an earlier request with this key; null when the request is the first with it, or has none;
   * CHAVE_REUTILIZADA when the key came with another body.
   */
  find(request: IdempotentRequest): T | HelpdeskError | null
}

/** Reads what is kept for the keys of some requests; for effects that are written together, with {@link keepAnswers}. */
export async function readKeptAnswers<T>(
  { db, keyedHash }: { db: Database; keyedHash: KeyedHash },
  requests: readonly IdempotentRequest[],
): Promise<KeptAnswers<T>> {
  const keys = requests.filter(({ key }) => key !== undefined).map(keyOf)
  const rows =
    keys.length === 0
      ? []
      : await db
          .selectFrom('idempotency_keys')
          .selectAll()
          .where((where) => where.or(keys.map((key) => where.and(key))))
          .execute()
  const kept = new Map(rows.map((row) => [nameOf(row), row]))
  return {
    find(request) {
      const earlier = kept.get(nameOf(keyOf(request)))
      if (earlier === undefined) {
        return null
      }
      const isSameBody = earlier.request_hash === rowOf(keyedHash, request).request_hash
      return isSameBody ? (JSON.parse(earlier.answer) as T) : reusedKey()
    },
  }
}

/**
 * Keeps the answers to requests that have a key, in the transaction of their effects.
 * @throws the driver's unique violation when two have the same key, or another transaction was first with one
 */
export async function keepAnswers(
  { trx, keyedHash }: { trx: Database; keyedHash: KeyedHash },
  answers: readonly { request: IdempotentRequest; answer: unknown }[],
): Promise<void> {
  const rows = answers
    .filter(({ request }) => request.key !== undefined)
    .map(({ request, answer }) => ({ ...rowOf(keyedHash, request), answer: JSON.stringify(answer) }))
  if (rows.length > 0) {
    await trx.insertInto('idempotency_keys').values(rows).execute()
  }
}

function rowOf(keyedHash: KeyedHash, request: IdempotentRequest): Row {
  return {
    ...keyOf(request),
    // Keyed, because a body may hold an access code, which a plain hash would give away to whoever reads the table.
    request_hash: keyedHash('idempotent-request', canonicalJson(request.body)),
    answer: '',
    created_at_ms: request.now.getTime(),
  }
}

/** The columns that name a request's row. */
function keyOf({ clientId, endpoint, key = '' }: IdempotentRequest) {
  return { client_id: clientId, endpoint, idempotency_key: key }
}

function nameOf({
  client_id,
  endpoint,
  idempotency_key,
}: Pick<Row, 'client_id' | 'endpoint' | 'idempotency_key'>) {
  return JSON.stringify([client_id, endpoint, idempotency_key])
}

function reusedKey(): HelpdeskError {
  return new HelpdeskError('CHAVE_REUTILIZADA', { field: 'Idempotency-Key' })
}

/** How long the answer to a key is kept. */
export const keptDays = 7

/** Forgets keys older than 7 days. */
export async function pruneIdempotencyKeys(db: Database, now: Date, signal?: AbortSignal): Promise<void> {
  const beforeMs = now.getTime() - keptDays * 86_400_000
  await removeOlder(db, { table: 'idempotency_keys', column: 'created_at_ms', beforeMs }, { signal })
}

/** The same text for the same flat object, whatever the order of its fields. */
function canonicalJson(body: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.entries(body).toSorted(([one], [other]) => (one < other ? -1 : 1)))
}
