import { connect } from 'node:net'
import { serveTasks } from '../harness/task-process.ts'

/**
 * One GET as Asterisk's media cache sends it, with a connection of its own, and the bare socket's work to receive the
 * answer: a client that did more would hide the difference between two servers behind its own time.
 */
function fetchOnce({ hostname, port, pathname }: URL): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  let received = 0
  let isSuccess = false
  const socket = connect(Number(port), hostname, () => {
    socket.write(
      `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\nAccept: */*\r\n\r\n`,
    )
  })
  socket.on('data', (chunk) => {
    isSuccess ||= received === 0 && chunk.toString('latin1', 0, 12) === 'HTTP/1.1 200'
    received += chunk.length
  })
  socket.on('error', reject)
  socket.on('close', () => {
    if (isSuccess) resolve(received)
    else reject(new Error(`no success from ${hostname}:${port}`))
  })
  return promise
}

/** The client, alone in its process. */
const tasks = {
  /**
   * Fetches one sound over and over, one at a time.
   *
   * @param input.bytes What an answer must hold at least.
   * @returns The mean time from connecting to the last byte, in milliseconds.
   * @throws Error when an answer is none of success or short
   */
  async fetchSound(input: { url: string; bytes: number; seconds: number }): Promise<number> {
    const url = new URL(input.url)
    const startMs = performance.now()
    const endMs = startMs + input.seconds * 1_000
    let count = 0
    while (performance.now() < endMs) {
      if ((await fetchOnce(url)) < input.bytes) throw new Error('an answer was cut short')
      count += 1
    }
    return (performance.now() - startMs) / count
  },
}

/** What the process can be asked for. */
export type FetchTasks = typeof tasks

serveTasks(tasks)
