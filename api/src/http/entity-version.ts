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
