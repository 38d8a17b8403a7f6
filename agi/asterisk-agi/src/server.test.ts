import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import {
  type AgiCall,
  AgiConnectionLostError,
  type AgiHandler,
  AgiHangupError,
  AgiProtocolError,
  AgiRouter,
  type AgiServer,
  type AgiServerEvent,
  type AgiServerOptions,
  createAgiServer,
} from './index.ts'
import { fakeCall } from './testing/fake-call.ts'
import { RAW_ENVIRONMENT, rawPeer } from './testing/raw-peer.ts'

interface Running {
  port: number
  server: AgiServer
  events: AgiServerEvent[]
  errors: unknown[]
  /** Resolves at the next event of that type, or at one that came before. */
  event<Type extends AgiServerEvent['type']>(type: Type): Promise<Extract<AgiServerEvent, { type: Type }>>
}

const running: AgiServer[] = []

async function serve(
  scripts: Readonly<Record<string, AgiHandler>>,
  options: Partial<AgiServerOptions> = {},
): Promise<Running> {
  const router = new AgiRouter()
  for (const [name, handler] of Object.entries(scripts)) router.script(name, handler)
  const events: AgiServerEvent[] = []
  const errors: unknown[] = []
  const waiting: (() => void)[] = []
  const server = createAgiServer({
    router,
    onError: (error) => void errors.push(error),
    onEvent: (event) => {
      events.push(event)
      for (const wake of waiting.splice(0)) wake()
    },
    ...options,
  })
  running.push(server)
  const { port } = await server.listen({ port: 0, host: '127.0.0.1' })
  const event: Running['event'] = async (type) => {
    for (;;) {
      const found = events.find((one) => one.type === type)
      if (found !== undefined) return found as never
      await new Promise<void>((resolve) => void waiting.push(resolve))
    }
  }
  return { port, server, events, errors, event }
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close({ drainMs: 0 })))
})

/** Stands in the middle of a call until the caller is gone. */
async function untilGone(call: AgiCall): Promise<void> {
  await new Promise<void>((_resolve, reject) => {
    call.signal.addEventListener('abort', () => reject(call.signal.reason as Error), { once: true })
  })
}

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
    const { port } = await serve({
      helpdesk: async (call) => {
        await call.streamFile('ura/main-menu', '12')
        await call.setVariable('SEEN', (await call.getFullVariable('${TEXT}')) ?? '')
      },
    })
    const variables = { TEXT: 'linha 1)\nação\nHANGUP\n200 result=0' }
    const quirks = { splitBytes: true }
    const end = await fakeCall({ port, script: 'helpdesk', variables, quirks }).ended
    expect(end.variables['SEEN']).toBe(variables.TEXT)
  })
})

describe('the end of a call', () => {
  it('by a hangup stops the handler within the command, as its own outcome and no error', async () => {
    const { port, event, errors } = await serve({
      helpdesk: async (call) => void (await call.streamFile('long')),
    })
    const call = fakeCall({
      port,
      script: 'helpdesk',
      caller: { hears: () => call.hangup() },
    })
    expect((await call.ended).agiStatus).toBe('HANGUP')
    expect(await event('call-ended')).toMatchObject({ outcome: 'hangup' })
    expect(errors).toEqual([])
  })

  it('by a hangup reaches a handler that is busy elsewhere, by its signal', async () => {
    const { port, event, errors } = await serve({
      helpdesk: async (call) => {
        await call.noop()
        await sleep(60_000, undefined, { signal: call.signal })
      },
    })
    const call = fakeCall({ port, script: 'helpdesk' })
    await event('call-started')
    call.hangup()
    expect(await event('call-ended')).toMatchObject({ outcome: 'hangup' })
    expect(errors).toEqual([])
  })

  it('by a hangup wrapped in errors of other libraries is still a hangup', async () => {
    const { port, event, errors } = await serve({
      helpdesk: (call) =>
        untilGone(call).catch((cause: unknown) => {
          throw new Error('The ticket API call was given up', { cause })
        }),
    })
    const call = fakeCall({ port, script: 'helpdesk' })
    await event('call-started')
    call.hangup()
    expect(await event('call-ended')).toMatchObject({ outcome: 'hangup' })
    expect(errors).toEqual([])
  })

  it('by a hangup still lets the handler set variables', async () => {
    const { port } = await serve({
      helpdesk: async (call) => {
        try {
          await call.waitForDigit(1_000)
        } catch (error) {
          if (!(error instanceof AgiHangupError)) throw error
          await call.setVariables({ URA_RESULT: 'abandoned', URA_NEXT: 'hangup' })
        }
      },
    })
    const { ended } = fakeCall({ port, script: 'helpdesk', caller: { asked: () => 'hangup' } })
    expect(await ended).toEqual({
      agiStatus: 'HANGUP',
      variables: { URA_RESULT: 'abandoned', URA_NEXT: 'hangup' },
    })
  })

  it('by the handler hanging up counts as completed', async () => {
    const { port, event } = await serve({ helpdesk: (call) => call.hangup().then(() => call.noop()) })
    const { ended } = fakeCall({ port, script: 'helpdesk' })
    expect((await ended).agiStatus).toBe('HANGUP')
    expect(await event('call-ended')).toMatchObject({ outcome: 'completed' })
  })

  it('brings a last HANGUP of Asterisk, which is no hangup', async () => {
    const { port, event } = await serve({ raw: async () => undefined })
    const peer = await rawPeer(port)
    peer.send(RAW_ENVIRONMENT)
    expect(await peer.nextLine()).toBeNull()
    peer.send('HANGUP\n')
    expect(await event('call-ended')).toMatchObject({ outcome: 'completed' })
  })

  it('by a lost connection settles the command in flight', async () => {
    const { port, event, errors } = await serve({
      raw: async (call) => void (await call.streamFile('x')),
    })
    const peer = await rawPeer(port)
    peer.send(RAW_ENVIRONMENT)
    expect(await peer.nextLine()).toBe('STREAM FILE "x" ""')
    peer.socket.resetAndDestroy()
    const { outcome, call } = await event('call-ended')
    expect(outcome).toBe('connection-lost')
    expect(call.signal.reason).toBeInstanceOf(AgiConnectionLostError)
    expect(errors).toEqual([])
  })

  it('with AGIEXITONHANGUP=yes is a hangup, though Asterisk closes at once', async () => {
    const { port, event } = await serve({ helpdesk: untilGone })
    const call = fakeCall({ port, script: 'helpdesk', quirks: { exitOnHangup: true } })
    await event('call-started')
    call.hangup()
    expect(await event('call-ended')).toMatchObject({ outcome: 'hangup' })
  })

  it('by a stream that is not FastAGI is reported once and closes the connection', async () => {
    const { port, event, errors } = await serve({ raw: async (call) => call.noop() })
    const peer = await rawPeer(port)
    peer.send(RAW_ENVIRONMENT)
    await peer.nextLine()
    peer.send('HTTP/1.1 200 OK\n')
    await peer.closed
    expect(await event('call-ended')).toMatchObject({ outcome: 'failed' })
    expect(errors).toEqual([expect.any(AgiProtocolError)])
  })

  it('by an error of the handler is told to the dialplan and to onError', async () => {
    const fault = new Error('broken')
    const { port, event, errors } = await serve({ helpdesk: () => Promise.reject(fault) })
    const { agiStatus, variables } = await fakeCall({ port, script: 'helpdesk' }).ended
    expect(agiStatus).toBe('SUCCESS')
    expect(variables).toEqual({ AGI_HANDLER_ERROR: '1' })
    expect(errors).toEqual([fault])
    expect(await event('call-ended')).toMatchObject({ outcome: 'failed' })
  })

  it('stops a playback the handler left behind', async () => {
    const { port, event } = await serve({ helpdesk: async (call) => void call.streamFile('endless') })
    let isStopped = false
    const caller = {
      hears: (_file: string, signal: AbortSignal) =>
        new Promise<void>(() => {
          signal.addEventListener('abort', () => {
            isStopped = true
          })
        }),
    }
    expect((await fakeCall({ port, script: 'helpdesk', caller }).ended).agiStatus).toBe('SUCCESS')
    expect(isStopped).toBe(true)
    expect(await event('call-ended')).toMatchObject({ outcome: 'completed' })
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

describe('peers that are no Asterisk', () => {
  it('may connect and close: a probe is no event and no error', async () => {
    const { port, events, errors } = await serve({ helpdesk: async () => undefined })
    const probe = await rawPeer(port)
    probe.socket.end()
    await probe.closed
    await fakeCall({ port, script: 'helpdesk' }).ended
    expect(events.map(({ type }) => type)).toEqual(['call-started', 'call-ended'])
    expect(errors).toEqual([])
  })

  it('are closed when their environment is not there in time', async () => {
    const { port, event } = await serve({}, { environmentTimeoutMs: 20 })
    const peer = await rawPeer(port)
    peer.send('agi_network: yes\n')
    expect(await peer.nextLine()).toBe('failure')
    await peer.closed
    expect(await event('call-refused')).toEqual({ type: 'call-refused', reason: 'bad-environment' })
  })

  it.each([
    ['a web browser', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a flood without a line feed', 'x'.repeat(70_000)],
    ['a flood of lines', Array.from({ length: 300 }, (_, index) => `agi_x${index}: y\n`).join('')],
    ['an empty environment', '\n'],
  ])('are closed when they talk like %s', async (_what, text) => {
    const { port, event, errors } = await serve({})
    const peer = await rawPeer(port)
    peer.send(text)
    expect(await peer.nextLine()).toBe('failure')
    await peer.closed
    expect(await event('call-refused')).toEqual({ type: 'call-refused', reason: 'bad-environment' })
    expect(errors).toEqual([])
  })

  it('may send HANGUP right behind the environment', async () => {
    const { port, event } = await serve({ raw: async (call) => void (await call.streamFile('x')) })
    const peer = await rawPeer(port)
    peer.send(`${RAW_ENVIRONMENT}HANGUP\n`)
    expect(await event('call-ended')).toMatchObject({ outcome: 'hangup' })
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
