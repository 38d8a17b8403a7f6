import type { GraphAnswer } from './graph-client.ts'

/** What an answer to a send means. `unclear` = the message may have left: only a webhook's status can tell. */
export type SendVerdict =
  | { readonly kind: 'accepted'; readonly providerId: string }
  | { readonly kind: 'error'; readonly code: number | null }
  | { readonly kind: 'unclear' }

/** Judges an answer by what it says, and by its status where it says nothing that makes sense. */
export function judgeAnswer({ statusCode, body }: GraphAnswer): SendVerdict {
  const { error, messages } = (typeof body === 'object' && body !== null ? body : {}) as {
    error?: { code?: unknown } | null
    messages?: unknown
  }
  if (statusCode >= 200 && statusCode < 300) {
    const id = Array.isArray(messages) ? (messages[0] as { id?: unknown } | undefined)?.id : undefined
    return typeof id === 'string' && id !== '' && id.length <= 300
      ? { kind: 'accepted', providerId: id }
      : { kind: 'unclear' }
  }
  const code = error?.code
  if (typeof code === 'number' && Number.isSafeInteger(code)) {
    return { kind: 'error', code }
  }
  // A proxy's or a server's own words: a 4xx or a redirect is a refusal, anything else may have come too late.
  const isRefusal = statusCode >= 300 && statusCode < 500 && statusCode !== 408
  return isRefusal ? { kind: 'error', code: null } : { kind: 'unclear' }
}
