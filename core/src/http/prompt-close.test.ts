import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { expect, it } from 'vitest'
import { closePromptly } from './prompt-close.ts'

it('closes although a client holds a connection on which it never asked anything', async () => {
  const fastify = Fastify()
  closePromptly(fastify)
  await fastify.listen({ port: 0, host: '127.0.0.1' })
  const silent = connect((fastify.server.address() as AddressInfo).port, '127.0.0.1')
  const ended = once(silent, 'close')
  await once(fastify.server, 'connection')
  await fastify.close()
  await ended
  expect(fastify.server.listening).toBe(false)
})

it('lets an answer under way out, and closes although its client would keep the connection', async () => {
  const fastify = Fastify()
  closePromptly(fastify)
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<string>()
  fastify.get('/', () => {
    asked.resolve()
    return answer.promise
  })
  const url = await fastify.listen({ port: 0, host: '127.0.0.1' })
  const response = fetch(url)
  await asked.promise
  const closed = fastify.close()
  answer.resolve('whole')
  expect(await (await response).text()).toBe('whole')
  await closed
  expect(fastify.server.listening).toBe(false)
})
