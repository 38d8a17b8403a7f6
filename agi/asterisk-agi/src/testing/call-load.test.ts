import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { generateCalls } from './call-load.ts'
import { closeServed, serve, untilGone } from './served.ts'

afterEach(closeServed)

const handlers = {
  menu: async (call: Parameters<Parameters<typeof serve>[0][string]>[0]) => {
    const { digits } = await call.getData('ask', 1_000, 4)
    await call.setVariable('DIGITS', digits)
  },
  stays: untilGone,
}

describe('generated calls', () => {
  it('all come to an end, so many at once as was asked for', async () => {
    const { port, server } = await serve(handlers)
    let busiest = 0
    const summary = await generateCalls({
      port,
      calls: 300,
      concurrentCalls: 50,
      rampMs: 20,
      call: (index) => ({
        script: 'menu',
        speed: Infinity,
        caller: {
          asked: () => {
            busiest = Math.max(busiest, server.activeCalls)
            return String(index).padStart(4, '0')
          },
        },
      }),
    })
    expect(summary).toMatchObject({
      calls: 300,
      byStatus: { SUCCESS: 300, FAILURE: 0, HANGUP: 0 },
      refused: 0,
      errors: {},
    })
    expect(busiest).toBeGreaterThan(1)
    expect(busiest).toBeLessThanOrEqual(50)
    const { min = 0, median = 0, p99 = 0, max = 0 } = summary.durationsMs ?? {}
    expect([min, median, p99, max]).toEqual([min, median, p99, max].toSorted((a, b) => a - b))
    expect(summary.elapsedMs).toBeGreaterThanOrEqual(max)
  })

  it('are hung up in the share that was asked for', async () => {
    const { port } = await serve(handlers)
    const { byStatus } = await generateCalls({
      port,
      calls: 200,
      concurrentCalls: 40,
      hangupShare: 0.25,
      call: { script: 'menu', speed: Infinity },
    })
    expect(byStatus).toEqual({ SUCCESS: 150, FAILURE: 0, HANGUP: 50 })
  })

  it('are counted apart when the server turns them away', async () => {
    const { port } = await serve(handlers, { maxCalls: 1 })
    const { byStatus, refused } = await generateCalls({
      port,
      calls: 20,
      concurrentCalls: 20,
      call: { script: 'stays' },
      deadlineMs: 500,
    })
    expect(refused).toBe(19)
    expect(byStatus.FAILURE).toBe(19)
  })

  it('tell that nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => void server.once('listening', resolve))
    const address = server.address()
    await new Promise((resolve) => void server.close(resolve))
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { byStatus, errors } = await generateCalls({ port, calls: 5, concurrentCalls: 5 })
    expect(byStatus.FAILURE).toBe(5)
    expect(errors).toEqual({ ECONNREFUSED: 5 })
  })

  it('are cut at the deadline, and no more are made', async () => {
    const { port, server } = await serve(handlers)
    const summary = await generateCalls({
      port,
      calls: 1_000,
      concurrentCalls: 10,
      call: { script: 'stays' },
      deadlineMs: 100,
    })
    expect(summary).toMatchObject({ calls: 10, errors: { deadline: 10 }, durationsMs: null })
    expect(summary.elapsedMs).toBeLessThan(2_000)
    await expect.poll(() => server.activeCalls).toBe(0)
  })

  it('are cut by an abort, also one that came before', async () => {
    const { port, event } = await serve(handlers)
    const stopping = new AbortController()
    const load = generateCalls({
      port,
      calls: 100,
      concurrentCalls: 5,
      call: { script: 'stays' },
      signal: stopping.signal,
    })
    await event('call-started')
    stopping.abort()
    expect((await load).errors).toEqual({ aborted: 5 })
    expect((await generateCalls({ port, calls: 5, concurrentCalls: 5, signal: stopping.signal })).calls).toBe(
      0,
    )
  })

  it('count an error of their own caller by its name', async () => {
    const { port } = await serve(handlers)
    const caller = { hears: () => Promise.reject(new TypeError('what is this?')) }
    const { errors } = await generateCalls({
      port,
      calls: 3,
      concurrentCalls: 1,
      call: { script: 'menu', caller },
    })
    expect(errors).toEqual({ TypeError: 3 })
  })

  it.each([
    { calls: 0, concurrentCalls: 1 },
    { calls: 2_000_000, concurrentCalls: 1 },
    { calls: 5, concurrentCalls: 6 },
    { calls: 5, concurrentCalls: 1, hangupShare: 1.5 },
    { calls: 5, concurrentCalls: 1, rampMs: -1 },
  ])('are refused with %j', async (options) => {
    await expect(generateCalls({ port: 1, ...options })).rejects.toThrow(RangeError)
  })
})
