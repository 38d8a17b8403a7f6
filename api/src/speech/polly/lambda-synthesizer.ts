import {
  InvokeCommand,
  LambdaClient,
  type LambdaClientConfig,
  LambdaServiceException,
} from '@aws-sdk/client-lambda'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import {
  requireSpeakableText,
  type SpeechFaultReason,
  SpeechUnavailableError,
  type Synthesizer,
} from '../synthesizer.ts'
import { answerBytesMax, formatFor, soundOf } from './polly-answer.ts'

export interface LambdaOptions {
  /** Name or ARN of the function. */
  functionName: string
  /** One of Polly's; by default the best that the voice has. */
  engine?: string | undefined
  /** For one answer; default 4,000 ms. */
  timeoutMs?: number
  /** Region, credentials and endpoint; by default from where every AWS SDK looks for them. */
  client?: Pick<LambdaClientConfig, 'region' | 'credentials' | 'endpoint'>
}

const connectionTimeoutMs = 1_000

/** What the function returns to a direct invoke, as to API Gateway. */
const ProxyAnswer = Type.Object({
  statusCode: Type.Integer({ minimum: 100, maximum: 599 }),
  headers: Type.Record(Type.String(), Type.String()),
  body: Type.String(),
  isBase64Encoded: Type.Boolean(),
})

/** Polly by a direct invoke of `lambda/synthesize-speech`: no address in which a name could be seen. */
export function createLambdaSynthesizer(options: LambdaOptions): Synthesizer & { close(): Promise<void> } {
  const { functionName, engine, timeoutMs = 4_000 } = options
  const client = new LambdaClient({
    ...options.client,
    // Whoever speaks repeats within the budget of the call; two who repeat multiply.
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({ connectionTimeout: connectionTimeoutMs }),
  })
  return {
    name: engine === undefined ? 'polly' : `polly-${engine}`,
    async synthesize({ text, voice }, signal) {
      requireSpeakableText(text)
      const request = { voice, text, format: formatFor(text), ...(engine === undefined ? {} : { engine }) }
      const command = new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(request) })
      const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      const { FunctionError, Payload } = await client
        .send(command, { abortSignal })
        .catch((error: unknown) => {
          throw unavailable(error, abortSignal)
        })
      if (FunctionError !== undefined) {
        throw new SpeechUnavailableError(`the function failed (${FunctionError})`, { retryable: true })
      }
      return soundOf(readAnswer(Payload ?? new Uint8Array()))
    },
    close: async () => client.destroy(),
  }
}

function readAnswer(payload: Uint8Array) {
  const answer = payload.length > answerBytesMax ? undefined : parseJson(payload)
  if (!Value.Check(ProxyAnswer, answer)) {
    throw new SpeechUnavailableError(
      'the function answered with something else than lambda/synthesize-speech',
      { retryable: false, reason: 'no_sound' },
    )
  }
  const { statusCode, headers, body, isBase64Encoded } = answer
  return {
    statusCode,
    contentType: headers['content-type'] ?? '',
    body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  }
}

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString())
  } catch {
    return undefined
  }
}

/** Names of Lambda's that no second try changes: the function, the rights or the request are wrong. */
const final: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'CredentialsProviderError',
  'ExpiredTokenException',
  'InvalidSignatureException',
  'InvalidParameterValueException',
  'ResourceNotFoundException',
  'UnrecognizedClientException',
])

function unavailable(error: unknown, signal: AbortSignal): SpeechUnavailableError {
  if (signal.aborted) {
    return new SpeechUnavailableError('Lambda did not answer in time', {
      retryable: true,
      reason: 'timeout',
      cause: error,
    })
  }
  const name = error instanceof Error ? error.name : 'unknown'
  return new SpeechUnavailableError(`Lambda could not be asked (${name})`, {
    retryable: !final.has(name),
    reason: reasonOf(error, name),
    cause: error,
  })
}

function reasonOf(error: unknown, name: string): SpeechFaultReason {
  if (final.has(name)) {
    return 'refused'
  }
  const { httpStatusCode } = error instanceof LambdaServiceException ? error.$metadata : {}
  if (httpStatusCode === undefined) {
    return 'unreachable'
  }
  return httpStatusCode === 429 ? 'throttled' : 'failed'
}
