/** What a log line tells of a failure. */
export interface LoggableFailure {
  name: string
  /** As `ECONNREFUSED`. */
  code?: string
  stack?: string
  cause?: LoggableFailure
}

const causesMax = 3
const stackCharactersMax = 4_000

/**
 * Name, code and stack of a failure and of up to 3 causes, and nothing else: libraries hang requests, bodies and
 * credentials on their errors as further properties, and what was thrown without being an error may hold anything.
 */
export function loggableFailure(thrown: unknown, causesLeft: number = causesMax): LoggableFailure {
  if (!(thrown instanceof Error)) {
    return { name: `thrown ${typeof thrown}` }
  }
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined
  return {
    name: thrown.name,
    ...(code === undefined ? {} : { code }),
    stack: stackOf(thrown),
    ...(thrown.cause === undefined || causesLeft === 0
      ? {}
      : { cause: loggableFailure(thrown.cause, causesLeft - 1) }),
  }
}

function stackOf(error: Error): string {
  const stack = error.stack ?? ''
  // JSON.parse, BigInt and RegExp quote what they could not read in their message, with which V8's stack begins.
  const told = error instanceof SyntaxError ? `SyntaxError: [masked]${framesOf(stack)}` : stack
  return told.slice(0, stackCharactersMax)
}

function framesOf(stack: string): string {
  const start = stack.indexOf('\n    at ')
  return start === -1 ? '' : stack.slice(start)
}
