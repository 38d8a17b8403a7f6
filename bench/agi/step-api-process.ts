import { createServer } from 'node:http'
import { serveTasks } from '../harness/task-process.ts'

/** The HTTP server that a step asks, alone in its process: its CPU is nobody's. */
const BODY = JSON.stringify({ step: 'menu', user: { code: '1001', name: 'Maria da Silva' } })

const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(BODY) })
  response.end(BODY)
})
await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))

const tasks = {
  address: () => {
    const bound = server.address()
    if (bound === null || typeof bound === 'string') throw new Error('The server has no TCP port')
    return `http://127.0.0.1:${bound.port}/step`
  },
}

/** What the process can be asked for. */
export type StepApiTasks = typeof tasks

serveTasks(tasks)
