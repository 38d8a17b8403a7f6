import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { trackUnusedConnections } from './unused-connections.ts'

it('lets a server close although a client holds a connection on which it never asked anything', async () => {
  const server = createServer((_request, response) => response.end('ok'))
  const endUnused = trackUnusedConnections(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const silent = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await once(server, 'connection')
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  endUnused()
  await closed
  silent.destroy()
  expect(server.listening).toBe(false)
})
