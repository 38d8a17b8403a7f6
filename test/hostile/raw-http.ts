import { connect } from 'node:net'

/** A request as the bytes of its head and its body, and how they are sent. */
export interface RawRequest {
  head: Buffer
  body: Buffer
  /** `pieces`: in several writes; `cut`: half of the body, then the end of the connection's sending side. */
  delivery: 'whole' | 'pieces' | 'cut'
}

/** An answer as it came; `status` null when the connection was closed without one. */
export interface RawAnswer {
  status: number | null
  headers: Readonly<Record<string, string>>
  body: string
  /** Nothing came, or no end of it, within the time. */
  hung: boolean
}

const piecesMax = 4
const answerBytesMax = 1024 * 1024

/** Sends a request over a connection of its own and gives what came back, `hung` after `timeoutMs`. */
export function sendRaw(port: number, request: RawRequest, timeoutMs: number): Promise<RawAnswer> {
  const { promise, resolve } = Promise.withResolvers<RawAnswer>()
  const chunks: Buffer[] = []
  let bytes = 0
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const finish = (hung: boolean): void => {
    clearTimeout(timer)
    socket.destroy()
    resolve({ ...parseAnswer(Buffer.concat(chunks)), hung })
  }
  const timer = setTimeout(() => finish(true), timeoutMs)
  socket.on('data', (chunk) => {
    bytes += chunk.length
    if (bytes <= answerBytesMax) {
      chunks.push(chunk)
    }
  })
  socket.once('end', () => finish(false))
  // A server that refuses a request before it has read it may reset the connection.
  socket.once('error', () => finish(false))
  socket.once('connect', () => {
    for (const piece of piecesOf(request)) {
      socket.write(piece)
    }
    if (request.delivery === 'cut') {
      socket.end()
    }
  })
  return promise
}

function piecesOf({ head, body, delivery }: RawRequest): Buffer[] {
  if (delivery === 'cut') {
    return [head, body.subarray(0, Math.floor(body.length / 2))]
  }
  if (delivery === 'whole') {
    return [Buffer.concat([head, body])]
  }
  const all = Buffer.concat([head, body])
  const size = Math.ceil(all.length / piecesMax)
  return Array.from({ length: piecesMax }, (_, index) => all.subarray(index * size, (index + 1) * size))
}

/** The first answer but an interim `100 Continue`; bytes behind a request may have earned a second one. */
function parseAnswer(bytes: Buffer): Omit<RawAnswer, 'hung'> {
  const text = bytes.toString('latin1').replace(/^HTTP\/1\.1 100 [^\r]*\r\n\r\n/, '')
  const end = text.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = text.slice(0, end === -1 ? text.length : end).split('\r\n')
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  return {
    status: status === undefined ? null : Number(status),
    headers,
    body: end === -1 ? '' : bodyOf(text.slice(end + 4), headers['content-length']),
  }
}

function bodyOf(rest: string, length: string | undefined): string {
  const body = length === undefined ? rest : rest.slice(0, Number(length))
  return Buffer.from(body, 'latin1').toString('utf8')
}
