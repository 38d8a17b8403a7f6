import { ConnectionUnavailableError } from './database-errors.ts'

/** Takes as many as may work on the database at once; the rest wait in line, for a bounded time. */
export interface ConnectionPlaces {
  /**
   * Takes a place; whoever has one gives it back by `leave`, once.
   * @throws ConnectionUnavailableError when none is free in time, too many wait already, or the places are closed
   */
  enter(): Promise<void>
  leave(): void
  /** Refuses those who wait and everybody after them. */
  close(): void
  readonly taken: number
  readonly waiting: number
}

interface Waiting {
  resolve: () => void
  reject: (error: Error) => void
  timer: NodeJS.Timeout
}

/**
 * Places in the order of asking. The driver's own line isn't used: it waits for ever, and who has given up stays in it.
 *
 * @param options.waitingMax past it one more is refused at once
 */
export function createConnectionPlaces(options: {
  placesMax: number
  waitingMax: number
  waitMs: number
}): ConnectionPlaces {
  const { placesMax, waitingMax, waitMs } = options
  const line = new Set<Waiting>()
  let taken = 0
  let isClosed = false

  function wait(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(() => {
      line.delete(waiting)
      reject(new ConnectionUnavailableError('No database connection was free in time'))
    }, waitMs)
    const waiting: Waiting = { resolve, reject, timer }
    line.add(waiting)
    return promise
  }

  return {
    async enter() {
      if (isClosed) {
        throw new ConnectionUnavailableError('The database is closed')
      }
      if (taken < placesMax) {
        taken += 1
        return
      }
      if (line.size >= waitingMax) {
        throw new ConnectionUnavailableError('Too many wait for a database connection')
      }
      await wait()
    },
    leave() {
      const [next] = line
      if (next === undefined) {
        taken -= 1
        return
      }
      // The place goes from hand to hand, so that nobody who comes now is first.
      line.delete(next)
      clearTimeout(next.timer)
      next.resolve()
    },
    close() {
      isClosed = true
      for (const { timer, reject } of line) {
        clearTimeout(timer)
        reject(new ConnectionUnavailableError('The database is closed'))
      }
      line.clear()
    },
    get taken() {
      return taken
    },
    get waiting() {
      return line.size
    },
  }
}
