import type { Database } from '@ura/api/database/schema'
import type { Population } from './population.ts'

/** What is asked of a server. */
export interface ScaleRequest {
  method: 'GET' | 'POST' | 'PATCH'
  path: string
  body?: object
  headers?: Readonly<Record<string, string>>
  /** Default: the administrator's session. */
  authorization?: string
}

/** What a server answered. */
export interface ScaleAnswer {
  elapsedMs: number
  etag: string | null
  content: unknown
}

/** What probes know of the database behind a server. */
export interface Facts {
  population: Population
  /** When its first ticket was opened; the last one was opened now. */
  firstMs: number
  lastMs: number
}

/** A server, what its database holds, and the database itself to look things up in between measurements. */
export interface Target extends Facts {
  name: 'small' | 'large'
  url: string
  session: string
  /** Of the administrator's client, to sign in with. */
  token: string
  db: Database
}

/**
 * Sends a request and gives the answer with the milliseconds until its last byte.
 * @throws Error for an answer that is no success
 */
export async function ask(target: Target, request: ScaleRequest): Promise<ScaleAnswer> {
  const { method, path, body, headers, authorization = `Bearer ${target.session}` } = request
  const began = performance.now()
  const answer = await fetch(`${target.url}${path}`, {
    method,
    headers: { authorization, ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  const elapsedMs = performance.now() - began
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 500)}`)
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true
  return { elapsedMs, etag: answer.headers.get('etag'), content: isJson ? JSON.parse(text) : text }
}
