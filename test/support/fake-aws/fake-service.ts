import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { signatureFault, type SignedRequest } from './signature.ts'

/** What a fake service may do in place of its work. */
export type FakeFault =
  | { kind: 'error'; statusCode: number; name: string; message?: string; headers?: Record<string, string> }
  /** Takes the request and never answers. */
  | { kind: 'stall' }
  /** Sends the headers and the first half of the body, then nothing more. */
  | { kind: 'stall-in-body' }
  /** Sends the first half of the body, then cuts the connection. */
  | { kind: 'cut-off' }
  /** Answers 200 with this instead. */
  | { kind: 'lie'; contentType: string; body: Buffer }

/** What a working fake service answers. */
export interface FakeAnswer {
  /** Default 200. */
  statusCode?: number
  headers: Record<string, string>
  body: Buffer
}

/** An error in the protocol of AWS's REST services with JSON. */
export class FakeServiceError extends Error {
  readonly statusCode: number

  constructor(name: string, message: string, statusCode = 400) {
    super(message)
    this.name = name
    this.statusCode = statusCode
  }
}

export interface FakeServiceOptions {
  /** As in the signature's scope: `polly`, `lambda`. */
  service: string
  /** What is wrong with who asks; null when nothing is. Default: the signature. */
  refuse?: (request: SignedRequest) => string | null
  /** @throws FakeServiceError what the service refuses */
  answer(request: SignedRequest): FakeAnswer | Promise<FakeAnswer>
}

export interface FakeService {
  /** For AWS_ENDPOINT_URL_…. */
  readonly url: string
  /** Happens to each request from now on; null = the service works. */
  fault: FakeFault | null
  /** Requests so far, refused ones included. */
  readonly requests: readonly SignedRequest[]
  close(): Promise<void>
}

/** A service of AWS on a free port of 127.0.0.1, that checks signatures as the real one. */
export async function startFakeService(options: FakeServiceOptions): Promise<FakeService> {
  const requests: SignedRequest[] = []
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming
      const request = { method, url, headers, body: Buffer.concat(chunks) }
      requests.push(request)
      void respond(response, options, request, service.fault)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const service: FakeService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: null,
    requests,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return service
}

async function respond(
  response: ServerResponse,
  options: FakeServiceOptions,
  request: SignedRequest,
  fault: FakeFault | null,
): Promise<void> {
  if (fault?.kind === 'stall') {
    return
  }
  try {
    const wrong = (options.refuse ?? ((signed) => signatureFault(signed, options.service)))(request)
    if (wrong !== null) {
      throw new FakeServiceError('InvalidSignatureException', wrong, 403)
    }
    if (fault?.kind === 'error') {
      const { name, message = 'as the test wanted', statusCode, headers = {} } = fault
      sendError(response, new FakeServiceError(name, message, statusCode), headers)
    } else if (fault?.kind === 'lie') {
      response.writeHead(200, { 'content-type': fault.contentType }).end(fault.body)
    } else {
      send(response, await options.answer(request), fault)
    }
  } catch (error) {
    if (!(error instanceof FakeServiceError)) {
      throw error
    }
    sendError(response, error)
  }
}

/** In chunks, as the audio of Polly comes. */
function send(
  response: ServerResponse,
  { statusCode = 200, headers, body }: FakeAnswer,
  fault: FakeFault | null,
): void {
  response.writeHead(statusCode, headers)
  const half = Math.floor(body.length / 2)
  if (fault?.kind === 'stall-in-body') {
    response.write(body.subarray(0, half))
  } else if (fault?.kind === 'cut-off') {
    response.write(body.subarray(0, half), () => response.destroy())
  } else {
    response.write(body.subarray(0, half))
    response.end(body.subarray(half))
  }
}

function sendError(response: ServerResponse, error: FakeServiceError, headers = {}): void {
  response
    .writeHead(error.statusCode, {
      'content-type': 'application/json',
      'x-amzn-errortype': error.name,
      'x-amzn-requestid': 'fake-request',
      ...headers,
    })
    .end(JSON.stringify({ message: error.message }))
}
