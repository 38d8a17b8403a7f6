import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A gateway in a process of its own, as an administrator runs it. */
export interface GatewayProcess {
  readonly url: string
  readonly process: ChildProcess
  /** Settles with exit code and signal. */
  readonly ended: Promise<unknown[]>
}

export const adminToken = 'admin-token-for-tests'
export const gatewayToken = 'gateway-token-for-tests'

/** @throws Error with what it said when it ends before it listens */
export async function startGatewayProcess(environment: Record<string, string>): Promise<GatewayProcess> {
  const main = new URL('../../whatsapp-gateway/src/main.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env['PATH'],
      GATEWAY_TOKEN: gatewayToken,
      GATEWAY_ADMIN_TOKEN: adminToken,
      GATEWAY_PORT: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  createInterface({ input: child.stdout }).on('line', (line) => {
    const address = /listening at (http:[^"]+)/.exec(line)?.[1]
    if (address !== undefined) {
      resolve(address)
    }
  })
  void ended.then(() => reject(new Error(`The gateway ended: ${complaint}`)))
  return { url: await promise, process: child, ended }
}
