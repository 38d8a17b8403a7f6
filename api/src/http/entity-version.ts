import { createHash } from 'node:crypto'
import { HelpdeskError } from '@ura/core/errors'
import { Type } from 'typebox'
import { namesStrongly } from './entity-tag.ts'

/** The headers of a change: `If-Match` with the ETag that was read. */
export const IfMatchHeaders = Type.Object({
  'if-match': Type.Optional(
    Type.String({
      maxLength: 500,
      description: 'ETag of the resource as it was read; required',
      examples: ['"3"'],
    }),
  ),
})

/** The ETag of a resource's version, as `"3"` (RFC 9110, section 8.8.3). */
export function versionEtag(version: number | string): string {
  return `"${version}"`
}

/**
 * The ETag of a resource with a number for its version that also shows what it doesn't own, as the name of a user: as
 * `"3-1f0c5e9d2a7b"`, so that a name that changes alone changes it.
 */
export function showingEtag(version: number, shown: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(shown)).digest('hex').slice(0, 12)
  return versionEtag(`${version}-${hash}`)
}

/**
 * Lets a change of a resource pass only when its `If-Match` names the version, whatever else was shown with it.
 * @throws HelpdeskError VERSAO_DIVERGENTE
 */
export function requireVersion(ifMatch: string, version: number): void {
  requireMatch(ifMatch.replaceAll(/"(\d{1,15})-[0-9a-f]{12}"/g, '"$1"'), versionEtag(version))
}

/** @throws HelpdeskError VERSAO_AUSENTE without the header */
export function requireIfMatch(ifMatch: string | undefined): string {
  if (ifMatch === undefined) {
    throw new HelpdeskError('VERSAO_AUSENTE', { field: 'If-Match' })
  }
  return ifMatch
}

/**
 * Lets a change of a resource with this ETag pass only when its `If-Match` names it; `*` names any.
 * @throws HelpdeskError VERSAO_DIVERGENTE
 */
export function requireMatch(ifMatch: string, etag: string): void {
  if (!namesStrongly(ifMatch, etag)) {
    throw new HelpdeskError('VERSAO_DIVERGENTE', { field: 'If-Match' })
  }
}
