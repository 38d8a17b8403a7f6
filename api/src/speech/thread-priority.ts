import { readlinkSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'

/**
 * Lets the calling thread stand back behind the others of its process, the event loop that carries calls above all: on
 * two cores two threads that compute held it up for 20 ms and more. Linux alone gives each thread a priority of its own
 * (setpriority(2), "C library/kernel differences"); elsewhere nothing changes.
 *
 * @returns The thread's id, as Linux counts; null where nothing was changed.
 */
export function lowerThreadPriority(): number | null {
  const threadId = linuxThreadId()
  if (threadId !== null) {
    const { PRIORITY_BELOW_NORMAL } = constants.priority
    // Only ever down: whoever started the process may have put it lower still, and up takes a right.
    setPriority(threadId, Math.max(getPriority(threadId), PRIORITY_BELOW_NORMAL))
  }
  return threadId
}

/** Of the thread that asks: `/proc/thread-self` is `<process>/task/<thread>` (proc(5)). */
function linuxThreadId(): number | null {
  try {
    const id = Number(/\/task\/(\d+)$/.exec(readlinkSync('/proc/thread-self'))?.[1])
    return Number.isInteger(id) ? id : null
  } catch {
    return null
  }
}
