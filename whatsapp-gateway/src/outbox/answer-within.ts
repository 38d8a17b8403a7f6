/**
 * An answer, or the signal's reason when that comes first: a driver that hangs holds up nobody.
 * @param onLateAnswer told of an answer that comes all the same
 * @throws the signal's reason; what the sending throws
 */
export async function answerWithin<T>(
  signal: AbortSignal,
  { sending, onLateAnswer }: { sending: Promise<T>; onLateAnswer: (answer: T) => void },
): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const giveUp = (): void => reject(signal.reason as Error)
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    return await Promise.race([sending, aborted])
  } catch (error) {
    if (signal.aborted) {
      void sending.then(onLateAnswer, () => {})
    }
    throw error
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}
