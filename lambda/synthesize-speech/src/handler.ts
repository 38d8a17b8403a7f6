import type { PollyClient } from '@aws-sdk/client-polly'
import { errorAnswer, type LambdaAnswer, speechAnswer } from './answer.ts'
import { readInvocation } from './invocation.ts'
import { faultName, toHelpdeskError } from './polly-faults.ts'
import { readSpeechRequest, type SpeechRequest } from './speech-request.ts'
import { createSynthesis } from './synthesis.ts'

/** What Lambda tells about the invocation, as far as it is used. */
export interface InvocationContext {
  awsRequestId: string
  getRemainingTimeInMillis(): number
}

/** One line of the log. The text is never in it: it may hold a person's name. */
export interface LogEntry {
  level: 'info' | 'warn' | 'error'
  message: string
  requestId: string
  statusCode: number
  durationMs: number
  [field: string]: string | number
}

export interface HandlerOptions {
  polly: PollyClient
  lexiconNames: readonly string[]
  /** For Polly's whole answer, fallback included; less when Lambda leaves less. */
  timeoutMs: number
  log: (entry: LogEntry) => void
  /** Milliseconds from any origin, never going back. Default: `performance.now`. */
  now?: () => number
}

export type Handler = (event: unknown, context: InvocationContext) => Promise<LambdaAnswer>

/** Kept of Lambda's own time limit, to tell a timeout rather than suffer it. */
const answerReserveMs = 250

/** The function behind `lambda/synthesize-speech`. It always answers: nothing is thrown. */
export function createHandler(options: HandlerOptions): Handler {
  const { log, now = () => performance.now() } = options
  const synthesize = createSynthesis(options)

  return async (event, context) => {
    const startedMs = now()
    const requestId = context.awsRequestId
    let request: SpeechRequest | undefined
    try {
      request = readSpeechRequest(readInvocation(event))
      const remainingMs = context.getRemainingTimeInMillis() - answerReserveMs
      const signal = AbortSignal.timeout(Math.max(1, Math.min(options.timeoutMs, remainingMs)))
      const speech = await synthesize(request, signal)
      log({
        level: 'info',
        message: 'speech synthesized',
        requestId,
        statusCode: 200,
        ...told(request),
        engine: speech.engine,
        characters: speech.billedCharacters,
        audioBytes: speech.audio.length,
        durationMs: Math.round(now() - startedMs),
      })
      return speechAnswer(speech, request.format)
    } catch (cause) {
      const error = toHelpdeskError(cause)
      log({
        level: levelOf(error.statusCode),
        message: 'speech could not be had',
        requestId,
        statusCode: error.statusCode,
        code: error.code,
        field: error.field ?? '',
        fault: faultName(error),
        ...(request === undefined ? {} : told(request)),
        durationMs: Math.round(now() - startedMs),
      })
      return errorAnswer(error, requestId)
    }
  }
}

function told({ voice, format, characters, engine }: SpeechRequest): Record<string, string | number> {
  return { voice, engine: engine ?? '', format, characters }
}

function levelOf(statusCode: number): LogEntry['level'] {
  if (statusCode >= 500) {
    return 'error'
  }
  return statusCode === 429 ? 'warn' : 'info'
}
