import { HelpdeskError } from '@ura/core/errors'

/** What the SDK throws, as far as it is looked at. */
interface ServiceFault {
  name: string
  message: string
  httpStatus: number | undefined
}

/** Seconds after which a throttled request is worth another try; Polly's quotas are counted by the second. */
const throttledRetrySeconds = 1

const throttlingNames = new Set(['ThrottlingException', 'Throttling', 'TooManyRequestsException', 'SlowDown'])

/** What only another text or another value would mend, by the errors of Polly's SynthesizeSpeech. */
const inputFaults: ReadonlyMap<string, { field: string; message: string }> = new Map([
  ['TextLengthExceededException', { field: 'text', message: 'O texto passa do limite do Amazon Polly.' }],
  [
    'InvalidSsmlException',
    { field: 'text', message: 'O SSML está malformado ou tem marcas que este motor não aceita.' },
  ],
  ['LanguageNotSupportedException', { field: 'language', message: 'A voz não fala este idioma.' }],
])

/**
 * Whether Polly refused because the voice or the region lacks the engine. The documented error is
 * EngineNotSupportedException; what Polly sends in practice is a ValidationException that says so only in words
 * ("This voice does not support the selected engine: neural", "The selected engine is not supported in this region").
 */
export function isEngineMissing(error: unknown): boolean {
  const { name, message } = serviceFault(error)
  return (
    name === 'EngineNotSupportedException' ||
    (name === 'ValidationException' && /selected engine/i.test(message) && /not support/i.test(message))
  )
}

/**
 * What the caller is told about a failed synthesis: throttling as 429 with a time to wait, faults of the request as
 * 400, anything else as 502. Nothing of AWS's own words comes through: they hold account numbers and texts.
 */
export function toHelpdeskError(error: unknown): HelpdeskError {
  if (error instanceof HelpdeskError) {
    return error
  }
  const { name, httpStatus } = serviceFault(error)
  if (throttlingNames.has(name) || httpStatus === 429) {
    return new HelpdeskError('LIMITE_DE_REQUISICOES', {
      retryAfterSeconds: throttledRetrySeconds,
      cause: error,
    })
  }
  const input = inputFaults.get(name)
  return input === undefined
    ? new HelpdeskError('SINTESE_FALHOU', { cause: error })
    : new HelpdeskError('REQUISICAO_INVALIDA', { ...input, cause: error })
}

/** The name of the innermost cause, fit for a log: no message, since that may repeat the text. */
export function faultName(error: unknown): string {
  const cause = error instanceof HelpdeskError ? error.cause : error
  return cause === undefined ? '' : serviceFault(cause).name
}

function serviceFault(error: unknown): ServiceFault {
  if (!(error instanceof Error)) {
    return { name: 'unknown', message: '', httpStatus: undefined }
  }
  const metadata = (error as { $metadata?: { httpStatusCode?: number } }).$metadata
  return { name: error.name, message: error.message, httpStatus: metadata?.httpStatusCode }
}
