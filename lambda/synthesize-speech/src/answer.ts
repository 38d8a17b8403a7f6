import { errorBody, type HelpdeskError } from '@ura/core/errors'
import { contentTypeOf } from './audio.ts'
import type { AudioFormat } from './speech-request.ts'
import type { Speech } from './synthesis.ts'

/** What Lambda proxy integrations of both API Gateways take, and what a direct invoke gets as its payload. */
export interface LambdaAnswer {
  statusCode: number
  headers: Record<string, string>
  body: string
  isBase64Encoded: boolean
}

/** Personal audio has no business in a cache on the way; the API keeps its own. */
const noStore = { 'cache-control': 'no-store' }

/** 200 with the audio; headers tell the engine that spoke and the characters that Polly bills. */
export function speechAnswer({ audio, engine, billedCharacters }: Speech, format: AudioFormat): LambdaAnswer {
  return {
    statusCode: 200,
    headers: {
      'content-type': contentTypeOf(format),
      'x-speech-engine': engine,
      'x-speech-characters': String(billedCharacters),
      ...noStore,
    },
    body: audio.toString('base64'),
    isBase64Encoded: true,
  }
}

/** The error as every service of this house tells it (`docs/errors.md`). */
export function errorAnswer(error: HelpdeskError, requestId: string): LambdaAnswer {
  return {
    statusCode: error.statusCode,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(error.code === 'METODO_NAO_PERMITIDO' ? { allow: 'GET' } : {}),
      ...(error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(error.retryAfterSeconds) }),
      ...noStore,
    },
    body: JSON.stringify(errorBody(error, requestId)),
    isBase64Encoded: false,
  }
}
