import { Type } from 'typebox'
import { onTestFinished } from 'vitest'
import { createLogger } from '../../logger.ts'
import { createHttpServer, type HttpServerOptions } from '../server.ts'

export interface LogLine {
  msg: string
  requestId?: string
  [field: string]: unknown
}

export const codeSchema = {
  body: Type.Object({ code: Type.String({ maxLength: 8 }) }, { additionalProperties: false }),
  headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String({ maxLength: 8 })) }),
  response: { 200: Type.Object({ length: Type.Integer() }) },
}

/** A server with a route that validates and one that throws `failure`; closed with the test. */
export function startServer(options: Partial<HttpServerOptions> & { failure?: unknown } = {}) {
  const { failure, ...serverOptions } = options
  const lines: string[] = []
  const log = createLogger({
    service: 'test',
    level: 'trace',
    destination: { write: (line: string) => void lines.push(line) },
  })
  const server = createHttpServer({ log, ...serverOptions })
  server.post('/codes', { schema: codeSchema }, async (request) => ({ length: request.body.code.length }))
  server.get('/failing/:id', async () => {
    throw failure
  })
  onTestFinished(() => server.close())
  const post = (payload: string, headers: Record<string, string> = {}) =>
    server.inject({
      method: 'POST',
      url: '/codes',
      payload,
      headers: { 'content-type': 'application/json', ...headers },
    })
  const logged = (msg: string): LogLine[] =>
    lines.map((line) => JSON.parse(line) as LogLine).filter((line) => line.msg === msg)
  return { server, lines, logged, post }
}
