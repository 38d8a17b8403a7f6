import { requireSpeakableText, SpeechUnavailableError, type Synthesizer } from '../synthesizer.ts'
import { answerBytesMax, formatFor, type PollyAnswer, soundOf } from './polly-answer.ts'

/** Adds what authorises a request. */
export type RequestSigner = (url: URL) => Promise<Record<string, string>>

export interface ApiGatewayOptions {
  /** The function's address, as `https://abc123.execute-api.sa-east-1.amazonaws.com/prod/speech`. */
  url: string
  /** One of Polly's; by default the best that the voice has. */
  engine?: string | undefined
  /** For one answer, body included; default 4,000 ms. */
  timeoutMs?: number
  /** Headers for each request: an API key or a signature. */
  authorize: RequestSigner
}

/** Polly by `lambda/synthesize-speech` behind API Gateway: one GET a text, answered with samples. */
export function createApiGatewaySynthesizer(options: ApiGatewayOptions): Synthesizer {
  const { engine, timeoutMs = 4_000, authorize } = options
  return {
    name: engine === undefined ? 'polly' : `polly-${engine}`,
    async synthesize({ text, voice }, signal) {
      requireSpeakableText(text)
      const parameters = { voice, text, format: formatFor(text), ...(engine === undefined ? {} : { engine }) }
      const url = new URL(`${options.url}?${queryOf(parameters)}`)
      const headers = { accept: 'audio/pcm, audio/mpeg', ...(await authorize(url)) }
      return soundOf(await ask(url, headers, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])))
    },
  }
}

/** Encoded as RFC 3986 says: in what is signed a space must be `%20`, never `+`. */
function queryOf(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .join('&')
}

async function ask(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<PollyAnswer> {
  try {
    // A redirection would take key or signature elsewhere.
    const response = await fetch(url, { headers, signal, redirect: 'error' })
    const contentType = response.headers.get('content-type') ?? ''
    return { statusCode: response.status, contentType, body: await boundedBody(response) }
  } catch (error) {
    if (error instanceof SpeechUnavailableError) {
      throw error
    }
    // Not the error's own words: they hold the address, and the address holds the text.
    throw signal.aborted
      ? new SpeechUnavailableError('API Gateway did not answer in time', {
          retryable: true,
          reason: 'timeout',
        })
      : new SpeechUnavailableError(`API Gateway could not be reached${causeOf(error)}`, {
          retryable: true,
          reason: 'unreachable',
        })
  }
}

async function boundedBody(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > answerBytesMax) {
      throw new SpeechUnavailableError("Polly's function answered with too much", {
        retryable: false,
        reason: 'no_sound',
      })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** ` (ECONNREFUSED)`: the system's code, which tells an administrator where to look. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
}
