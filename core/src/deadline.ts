/**
 * Runs `work` with a signal that ends with `signal` or, as a `TimeoutError`, after `limitMs`. Nothing of it stays when the
 * work is done: `AbortSignal.timeout` leaves a timer that fires into the void, and `AbortSignal.any` a weak reference to
 * be collected, which with every request of every call adds up.
 */
export async function withDeadline<T>(
  { limitMs, signal }: { limitMs: number; signal: AbortSignal | undefined },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const end = (): void => controller.abort(signal?.reason)
  if (signal?.aborted === true) {
    end()
  }
  signal?.addEventListener('abort', end, { once: true })
  const timer = setTimeout(() => controller.abort(timeoutError(limitMs)), limitMs)
  try {
    return await work(controller.signal)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
  }
}

/** Whether this is the end that `withDeadline` or `AbortSignal.timeout` put to something. */
export function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError'
}

function timeoutError(limitMs: number): DOMException {
  return new DOMException(`not done within ${limitMs} ms`, 'TimeoutError')
}
