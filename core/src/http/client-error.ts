import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { errorBody, HelpdeskError } from '../errors.ts'
import type { Logger } from '../logger.ts'

/** Statuses of what Node's HTTP parser refuses (https://nodejs.org/api/http.html#event-clienterror); else 400. */
const statusCodes: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
}

/**
 * Answers what came too late or is no HTTP, and closes the connection. Only the error's code is logged: the error
 * itself holds the bytes that came, an Authorization header perhaps among them.
 */
export function answerClientError(error: Error & { code?: string }, socket: Socket, log: Logger): void {
  const { code = '' } = error
  if (code === 'ECONNRESET' || socket.destroyed) {
    return
  }
  const requestId = randomUUID()
  const statusCode = statusCodes[code] ?? 400
  log.debug({ requestId, statusCode, code }, 'request not understood')
  if (socket.writable) {
    const body = JSON.stringify(errorBody(new HelpdeskError('REQUISICAO_INVALIDA'), requestId))
    const head = [
      `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `x-request-id: ${requestId}`,
      'Connection: close',
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  }
  socket.destroy()
}
