import { once } from 'node:events'
import { createServer } from 'node:net'

/** TCP ports of 127.0.0.1 that are free now, all different. */
export async function freeTcpPorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  const ports: number[] = []
  for (const server of servers) {
    if (!server.listening) await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no TCP address')
    ports.push(address.port)
  }
  for (const server of servers) server.close()
  return ports
}
