import type { Socket } from 'node:net'
import { openPeerCall } from './peer-call.ts'

/** Connections opened at once: fewer than a listening socket's backlog, so that none has to try again. */
const CONNECTS_AT_ONCE = 100

/** Calls in which the server has written one command and waits for a reply that never comes. */
export class HeldCalls {
  readonly #sockets = new Set<Socket>()
  #onGone: (() => void) | null = null

  /** Opens calls; resolves when each has its first command. @throws Error when one is refused or lost. */
  async open({ port, calls }: { port: number; calls: number }): Promise<void> {
    let started = 0
    const line = async (): Promise<void> => {
      while (started < calls) {
        started += 1
        await this.#openOne(port)
      }
    }
    await Promise.all(Array.from({ length: CONNECTS_AT_ONCE }, line))
  }

  #openOne(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = openPeerCall({
        port,
        onCommand: () => resolve(),
        onClose: (error) => {
          this.#sockets.delete(socket)
          if (this.#sockets.size === 0) this.#onGone?.()
          reject(error ?? new Error('The server ended a call before its first command'))
        },
      })
      this.#sockets.add(socket)
    })
  }

  /** Closes what is open from this side; resolves when all are gone. */
  async release(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await this.gone()
  }

  /** Resolves when no call is left, whoever closed them. */
  async gone(): Promise<void> {
    if (this.#sockets.size === 0) return
    await new Promise<void>((resolve) => {
      this.#onGone = resolve
    })
  }
}
