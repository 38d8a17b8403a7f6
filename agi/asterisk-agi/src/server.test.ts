import { afterEach, describe, expect, it } from 'vitest'
import { AgiArgumentError, AgiRouter, createAgiServer } from './index.ts'
import { type FakeCall, fakeCall } from './testing/fake-call.ts'
import { RAW_ENVIRONMENT, rawPeer } from './testing/raw-peer.ts'
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

  it('goes to the pattern that its decoded script matches, with what was found in it', async () => {
    const seen: unknown[] = []
    const router = new AgiRouter().pattern(/menu\/(?<name>[^/]+)/, async ({ environment }, { name }) => {
      seen.push(name, environment.query.get('x'), environment.arguments)
    })
    const { port } = await serve({}, { router })
    await fakeCall({ port, script: 'menu/Cart%C3%B5es?x=1', arguments: ['a:b', ''] }).ended
    expect(seen).toEqual(['Cartões', '1', ['a:b', '']])
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
      { onError: observer, onEvent: observer, onCommand: observer },
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

describe('the waiting limit', () => {
  it('has so many calls wait for their turn, and refuses the next', async () => {
    const { port, event, server, events } = await serve(
      { helpdesk: untilGone, quick: (call) => call.setVariable('TURN', 'came') },
      { maxCalls: 1, maxWaiting: 1, waitingTimeoutMs: 60_000 },
    )
    const first = fakeCall({ port, script: 'helpdesk' })
    await event('call-started')
    const second = fakeCall({ port, script: 'quick' })
    await expect.poll(() => server.waitingCalls).toBe(1)
    expect((await fakeCall({ port, script: 'quick' }).ended).agiStatus).toBe('FAILURE')
    expect(await event('call-refused')).toEqual({ type: 'call-refused', reason: 'full' })
    first.hangup()
    expect(await second.ended).toEqual({ agiStatus: 'SUCCESS', variables: { TURN: 'came' } })
    expect(events.filter(({ type }) => type === 'call-started')).toHaveLength(2)
    expect([server.activeCalls, server.waitingCalls]).toEqual([0, 0])
  })

  it.each([
    ['the caller hangs up', 'abandoned', (call: FakeCall) => call.hangup()],
    ['its time is over', 'full', () => undefined],
  ] as const)('lets nobody wait when %s', async (_what, reason, act) => {
    const { port, event, server } = await serve(
      { helpdesk: untilGone },
      { maxCalls: 1, maxWaiting: 1, waitingTimeoutMs: reason === 'full' ? 20 : 60_000 },
    )
    const first = fakeCall({ port, script: 'helpdesk' })
    await event('call-started')
    const second = fakeCall({ port, script: 'helpdesk' })
    await expect.poll(() => server.waitingCalls + (reason === 'full' ? 1 : 0)).toBeGreaterThan(0)
    act(second)
    expect(await event('call-refused')).toEqual({ type: 'call-refused', reason })
    await second.ended
    expect(server.waitingCalls).toBe(0)
    first.hangup()
    await first.ended
  })

  it('refuses those who wait when the server closes', async () => {
    const { port, event, server } = await serve({ helpdesk: untilGone }, { maxCalls: 1, maxWaiting: 1 })
    const first = fakeCall({ port, script: 'helpdesk' })
    await event('call-started')
    const second = fakeCall({ port, script: 'helpdesk' })
    await expect.poll(() => server.waitingCalls).toBe(1)
    const closing = server.close({ drainMs: 60_000 })
    expect((await second.ended).agiStatus).toBe('FAILURE')
    first.hangup()
    await closing
  })
})

describe('allowed peers', () => {
  it('turn others away with failure, so that the dialplan falls back', async () => {
    const { port, event } = await serve({ helpdesk: untilGone }, { allowedPeers: ['10.0.0.0/8'] })
    expect((await fakeCall({ port, script: 'helpdesk' }).ended).agiStatus).toBe('FAILURE')
    expect(await event('call-refused')).toEqual({ type: 'call-refused', reason: 'not-allowed' })
  })

  it('come in', async () => {
    const { port } = await serve(
      { helpdesk: (call) => call.noop() },
      { allowedPeers: ['127.0.0.0/8', '::1'] },
    )
    expect((await fakeCall({ port, script: 'helpdesk' }).ended).agiStatus).toBe('SUCCESS')
  })
})

describe('the report of commands', () => {
  it('tells verb, time and outcome of each, the question behind a -1 included', async () => {
    const reports: unknown[] = []
    const { port } = await serve(
      {
        helpdesk: async (call) => {
          await call.noop()
          await call.streamFile('gone')
          await call.exec('Odd', '1').then(() => call.setPriority('no such label').catch(() => undefined))
        },
      },
      { onCommand: ({ verb, durationMs, outcome }) => void reports.push([verb, outcome, durationMs >= 0]) },
    )
    await fakeCall({ port, script: 'helpdesk', missingFiles: () => true }).ended
    expect(reports.slice(0, 4)).toEqual([
      ['NOOP', 'ok', true],
      ['CHANNEL STATUS', 'ok', true],
      ['STREAM FILE', 'ok', true],
      ['EXEC', 'ok', true],
    ])
  })

  it('tells nothing of a question that the end of the connection kept from being written', async () => {
    const reports: unknown[] = []
    const { port, event } = await serve(
      { raw: async (call) => void (await call.streamFile('x')) },
      { onCommand: ({ verb, outcome }) => void reports.push([verb, outcome]) },
    )
    const peer = await rawPeer(port)
    peer.send(RAW_ENVIRONMENT)
    await peer.nextLine()
    peer.send('200 result=-1 endpos=0\nnonsense\n')
    await event('call-ended')
    expect(reports).toEqual([['STREAM FILE', 'protocol']])
  })

  it('tells how a command ended that the caller cut short', async () => {
    const outcomes: unknown[] = []
    const { port } = await serve(
      { helpdesk: async (call) => void (await call.waitForDigit(60_000)) },
      { onCommand: ({ verb, outcome }) => void outcomes.push([verb, outcome]) },
    )
    await fakeCall({ port, script: 'helpdesk', caller: { asked: () => 'hangup' } }).ended
    expect(outcomes.at(-1)).toEqual(['WAIT FOR DIGIT', 'hangup'])
  })
})

describe('options that make no sense', () => {
  it.each([
    { maxCalls: 0 },
    { maxWaiting: -1 },
    { waitingTimeoutMs: 0.5 },
    { replyTimeoutMs: Number.NaN },
    { allowedPeers: ['all'] },
  ])('are refused at once: %j', (options) => {
    expect(() => createAgiServer({ router: new AgiRouter(), ...options })).toThrow(AgiArgumentError)
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
