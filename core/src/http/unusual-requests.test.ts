import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startServer } from './testing/start-server.ts'

async function connectTo({ server }: ReturnType<typeof startServer>) {
  await server.listen({ port: 0, host: '127.0.0.1' })
  const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  return socket
}

describe('a request that expects something unheard of', () => {
  it('is served as if it expected nothing, with its request id and its line in the log', async () => {
    const running = startServer()
    const socket = await connectTo(running)
    socket.write(
      'POST /codes HTTP/1.1\r\nHost: x\r\nExpect: a-miracle\r\nContent-Type: application/json\r\n' +
        'Content-Length: 12\r\nConnection: close\r\n\r\n{"code":"1"}',
    )
    const answer = await text(socket)
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(answer).toContain('x-request-id: ')
    expect(running.logged('request answered')).toHaveLength(1)
  })
})

describe('a request whose connection is destroyed while it is at work', () => {
  it('still has its address, by which networks and limits are decided', async () => {
    const running = startServer()
    const addresses: (string | undefined)[] = []
    const { promise: looked, resolve } = Promise.withResolvers<void>()
    running.server.addHook('onRequest', async ({ raw: { socket } }) => {
      if (!socket.destroyed) {
        await once(socket, 'close')
      }
    })
    running.server.addHook('onRequest', async (request) => {
      addresses.push(request.ip)
      resolve()
    })
    const socket = await connectTo(running)
    socket.write('GET /failing/1 HTTP/1.1\r\nHost: x\r\n\r\nno HTTP at all\r\n\r\n')
    await looked
    expect(addresses).toEqual(['127.0.0.1'])
  })
})
