import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { ServerBooks, ServerMessage, ServerRequest } from './agi-server-process.ts'

/** The FastAGI server of `agi-server-process.ts`, from outside. */
export type ServerChild = {
  /** `host:port`, for the dialplan. */
  readonly address: string
  /** Calls `listener` for each message from now on; gives the function that ends it. */
  onMessage: (listener: (message: ServerMessage) => void) => () => void
  books: () => Promise<ServerBooks>
  /** SIGKILL: no goodbye. Resolves when the process is gone. */
  kill: () => Promise<void>
  /** Closes the server without waiting for its calls; the exit code of the process, which ends when nothing is left in it. */
  close: () => Promise<number | null>
}

/** Starts the server on a free port of 127.0.0.1. @throws Error when it ends instead of listening. */
export async function startServerChild(): Promise<ServerChild> {
  const child = fork(new URL('agi-server-process.ts', import.meta.url))
  const gone = once(child, 'exit')
  const listeners = new Set<(message: ServerMessage) => void>()
  child.on('message', (message: ServerMessage) => {
    for (const listener of listeners) listener(message)
  })
  const ask = (request: ServerRequest) => void child.send(request)
  const next = <Kind extends ServerMessage['kind']>(kind: Kind) => {
    const { promise, resolve, reject } = Promise.withResolvers<Extract<ServerMessage, { kind: Kind }>>()
    const listener = (message: ServerMessage) => {
      if (message.kind !== kind) return
      listeners.delete(listener)
      resolve(message as Extract<ServerMessage, { kind: Kind }>)
    }
    listeners.add(listener)
    void gone.then(() => reject(new Error('the server is gone')))
    return promise
  }
  const { port } = await next('listening')
  return {
    address: `127.0.0.1:${port}`,
    onMessage: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    books: async () => {
      const answer = next('books')
      ask('books')
      return (await answer).books
    },
    kill: async () => {
      child.kill('SIGKILL')
      await gone
    },
    close: async () => {
      ask('close')
      await gone
      return child.exitCode
    },
  }
}
