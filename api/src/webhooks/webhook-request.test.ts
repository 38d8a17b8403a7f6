import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { postWebhook, type WebhookResult } from './webhook-request.ts'

let answer: (request: IncomingMessage, response: ServerResponse) => void
/** Paths asked for. */
let asked: string[]
let port: number
let endServer: () => Promise<void>

beforeEach(async () => {
  asked = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  ;({ port } = server.address() as AddressInfo)
  endServer = async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
  answer = (_request, response) => response.writeHead(204).end()
})

afterEach(() => endServer())

const loopback = ['127.0.0.0/8', '::1/128']

const post = (host = '127.0.0.1', privateNetworks = loopback): Promise<WebhookResult> =>
  postWebhook(
    new URL(`http://${host}:${port}/hooks`),
    { headers: {}, body: '{}' },
    { timeoutMs: 4_000, privateNetworks },
  )

describe('what a webhook is answered', () => {
  it.each([200, 204, 302, 410, 500])('is told by its status (%i)', async (status) => {
    answer = (_request, response) => response.writeHead(status).end()
    expect(await post()).toBe(`http_${status}`)
  })

  it('with a redirect is not followed', async () => {
    answer = (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end()
    expect(await post()).toBe('http_302')
    expect(asked).toEqual(['/hooks'])
  })

  it('without an end is taken at its word and cut off', async () => {
    const { promise: cut, resolve } = Promise.withResolvers<void>()
    answer = (_request, response) => {
      response.writeHead(200)
      const more = (): void => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', more)
      }
      response.once('close', resolve)
      more()
    }
    expect(await post()).toBe('http_200')
    await cut
  })

  it.each([
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
    'HTTP/1.1 two hundred\r\n\r\n',
    `HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(100_000)}\r\n\r\n`,
  ])('is no answer when it is %j', async (text) => {
    answer = (request) => request.socket.write(text)
    expect(await post()).toBe('connection')
  })
})

describe('an address that is not public', () => {
  it.each([
    '127.0.0.1',
    '2130706433',
    'localhost',
    '10.0.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::127.0.0.1]',
    '[64:ff9b::a9fe:a9fe]',
    '[fd00:ec2::254]',
    '[4000::1]',
  ])('(%s) is not called unless its network is configured', async (host) => {
    expect(await post(host, ['192.168.0.0/16'])).toBe('address_not_allowed')
    expect(asked).toEqual([])
  })

  it.each(['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]'])(
    '(%s) is called when its network is configured',
    async (host) => {
      expect(await post(host)).toBe('http_204')
      expect(asked).toEqual(['/hooks'])
    },
  )
})
