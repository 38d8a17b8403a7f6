import { afterEach, describe, expect, it } from 'vitest'
import { AgiRouter, createAgiServer } from './index.ts'
import { fakeCall } from './testing/fake-call.ts'
import { rawPeer } from './testing/raw-peer.ts'
import { closeServed, serve, untilGone } from './testing/served.ts'

afterEach(closeServed)

describe('a call', () => {
  it('is routed by its script and handled to its end', async () => {
    const { port, event, errors } = await serve({
      helpdesk: async (call) => {
        await call.answer()
        const { digits } = await call.getData('ura/ask', 1_000, 8)
        await call.setVariables({ URA_USER: digits, LANG: call.environment.query.get('lang') ?? '' })
      },
    })
    const caller = { asked: () => '0042#' }
    const { ended } = fakeCall({ port, script: 'helpdesk?lang=pt', caller })
    const { agiStatus, variables } = await ended
    expect(agiStatus).toBe('SUCCESS')
    expect(variables).toEqual({ URA_USER: '0042', LANG: 'pt' })
    expect(await event('call-ended')).toMatchObject({ outcome: 'completed', durationMs: expect.any(Number) })
    expect(errors).toEqual([])
  })

  it('goes to the default handler when its script has no route of its own', async () => {
    const seen: string[] = []
    const router = new AgiRouter().default(async ({ environment }) => void seen.push(environment.script))
    const { port } = await serve({}, { router })
    await fakeCall({ port, script: 'other' }).ended
    expect(seen).toEqual(['other'])
  })

  it('is refused with failure when nobody handles its script', async () => {
    const { port, event } = await serve({ helpdesk: async () => undefined })
    const call = fakeCall({ port, script: 'unknown' })
    expect((await call.ended).agiStatus).toBe('FAILURE')
    expect(call.commands).toEqual(['failure'])
    expect(await event('call-refused')).toEqual({ type: 'call-refused', reason: 'no-script' })
  })

  it('survives a stream cut after every byte', async () => {
    const seen: unknown[] = []
    const { port } = await serve({
      helpdesk: async (call) => {
        seen.push(await call.streamFile('ura/main-menu', '12'), await call.getFullVariable('${TEXT}'))
      },
    })
    const variables = { TEXT: 'linha 1)\nação\nHANGUP\n200 result=0' }
    await fakeCall({ port, script: 'helpdesk', variables, quirks: { splitBytes: true } }).ended
    expect(seen).toEqual([{ kind: 'finished', endpos: 16_000 }, variables.TEXT])
  })
})

describe('observers that throw', () => {
  it('cost no call', async () => {
    const observer = (): never => {
      throw new Error('observer')
    }
    const { port } = await serve(
      { helpdesk: () => Promise.reject(new Error('broken')) },
      { onError: observer, onEvent: observer },
    )
    expect((await fakeCall({ port, script: 'helpdesk' }).ended).variables).toEqual({ AGI_HANDLER_ERROR: '1' })
  })
})

describe('the admission limit', () => {
  it('refuses the call past it with failure, and takes the next when one has ended', async () => {
    const { port, event, server } = await serve({ helpdesk: untilGone }, { maxCalls: 1 })
    const first = fakeCall({ port, script: 'helpdesk' })
    await event('call-started')
    expect(server.activeCalls).toBe(1)
    expect((await fakeCall({ port, script: 'helpdesk' }).ended).agiStatus).toBe('FAILURE')
    expect(await event('call-refused')).toEqual({ type: 'call-refused', reason: 'full' })
    first.hangup()
    await first.ended
    const third = fakeCall({ port, script: 'helpdesk', caller: { hears: () => undefined } })
    third.hangup()
    expect((await third.ended).agiStatus).toBe('HANGUP')
  })

  it('keeps the calls of a crowd apart', async () => {
    const { port } = await serve({
      helpdesk: async (call) => {
        const { digits } = await call.getData('ask', 1_000, 8)
        await call.setVariable('ECHO', `${call.environment.uniqueId}:${digits}`)
      },
    })
    const ends = await Promise.all(
      Array.from({ length: 100 }, (_, index) => {
        const caller = { asked: () => `${index}#` }
        return fakeCall({
          port,
          script: 'helpdesk',
          uniqueId: `u${index}`,
          caller,
          quirks: { splitBytes: 7 },
        }).ended
      }),
    )
    expect(ends.map(({ variables }) => variables['ECHO'])).toEqual(
      ends.map((_, index) => `u${index}:${index}`),
    )
  })
})

describe('closing the server', () => {
  it('lets calls in progress end, refuses new ones, and is idempotent', async () => {
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const { port, event, server } = await serve({
      helpdesk: async (call) => {
        await gate
        await call.setVariable('ENDED', 'well')
      },
    })
    const first = fakeCall({ port, script: 'helpdesk' })
    await event('call-started')
    const closing = server.close({ drainMs: 60_000 })
    expect(server.close()).toBe(closing)
    expect((await fakeCall({ port, script: 'helpdesk' }).ended).agiStatus).toBe('FAILURE')
    expect(await event('call-refused')).toEqual({ type: 'call-refused', reason: 'draining' })
    release()
    expect((await first.ended).variables).toEqual({ ENDED: 'well' })
    await closing
    expect((await fakeCall({ port, script: 'helpdesk' }).ended).agiStatus).toBe('FAILURE')
  })

  it('ends the calls that outlast the drain, and what never became a call', async () => {
    const { port, event, server } = await serve({ helpdesk: untilGone })
    const call = fakeCall({ port, script: 'helpdesk' })
    const idle = await rawPeer(port)
    await event('call-started')
    await server.close({ drainMs: 10 })
    expect(await event('call-ended')).toMatchObject({ outcome: 'connection-lost' })
    expect(await idle.nextLine()).toBe('failure')
    await call.ended
  })

  it('does nothing to a server that never listened', async () => {
    const server = createAgiServer({ router: new AgiRouter() })
    await expect(server.close()).resolves.toBeUndefined()
  })

  it('tells of a port that is taken', async () => {
    const { port } = await serve({})
    const other = createAgiServer({ router: new AgiRouter() })
    await expect(other.listen({ port, host: '127.0.0.1' })).rejects.toThrow('EADDRINUSE')
  })
})

describe('the router', () => {
  it('refuses a script that is routed twice', () => {
    const router = new AgiRouter().script('/helpdesk', async () => undefined)
    expect(() => router.script('helpdesk', async () => undefined)).toThrow('routed twice')
  })
})
