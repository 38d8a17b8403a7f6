/** An entity tag, weak or strong (RFC 9110, section 8.8.3). */
const entityTag = /(?:W\/)?"[\x21\x23-\x7e\x80-\uffff]*"/g

/** Whether `If-Match` names a strong ETag: `*` names any, a weak tag none (RFC 9110, section 13.1.1). */
export function namesStrongly(ifMatch: string, etag: string): boolean {
  return names(ifMatch, (tag) => tag === etag)
}

/** Whether `If-None-Match` names an ETag: `*` names any, and weak tags are as good as strong ones (section 13.1.2). */
export function namesWeakly(ifNoneMatch: string, etag: string): boolean {
  return names(ifNoneMatch, (tag) => opaqueTag(tag) === opaqueTag(etag))
}

/** A comma may be part of a tag, so a list is read tag by tag; with anything else in it, it names none. */
function names(header: string, isNamed: (tag: string) => boolean): boolean {
  const isList = /^[\s,]*$/.test(header.replaceAll(entityTag, ''))
  return header.trim() === '*' || (isList && (header.match(entityTag) ?? []).some(isNamed))
}

function opaqueTag(tag: string): string {
  return tag.replace(/^W\//, '')
}
