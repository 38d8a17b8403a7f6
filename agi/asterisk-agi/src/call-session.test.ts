import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { AgiConnectionLostError, AgiHangupError, AgiProtocolError } from './errors.ts'
import { fakeCall } from './testing/fake-call.ts'
import { RAW_ENVIRONMENT, rawPeer } from './testing/raw-peer.ts'
import { closeServed, serve, untilGone } from './testing/served.ts'

afterEach(closeServed)

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

describe('the connection of a call', () => {
  it.runIf(process.platform === 'linux')(
    'has TCP find out when the peer is gone, for silence is normal for hours',
    async () => {
      const { port, event } = await serve({ raw: untilGone })
      const peer = await rawPeer(port)
      peer.send(RAW_ENVIRONMENT)
      await event('call-started')
      const keepaliveTimer = '02'
      await expect.poll(() => timerOf(port, peer.socket.localPort)).toBe(keepaliveTimer)
      peer.socket.destroy()
    },
  )

  it.each([
    ['while the handler works elsewhere', untilGone],
    ['after the handler is done', async () => undefined],
  ])('is read to its end %s, for Asterisk gives up on a write after 100 ms', async (_when, handler) => {
    const { port, event } = await serve({ raw: handler })
    const peer = await rawPeer(port)
    peer.socket.allowHalfOpen = true
    peer.send(RAW_ENVIRONMENT)
    await event('call-started')
    // More than the buffers of both ends hold.
    const line = `100 ${'x'.repeat(60_000)}\n`
    for (let count = 0; count < 400; count += 1) peer.send(line)
    const failure = await new Promise((resolve) => void peer.socket.write('HANGUP\n', resolve))
    expect(failure ?? null).toBeNull()
    peer.socket.destroy()
    await event('call-ended')
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

  it.each([
    ['a line that is no reply', 'nonsense\n'],
    ['a reply to nothing', '200 result=0\n'],
    ['a flood without a line feed', 'x'.repeat(70_000)],
  ])('lose their place among the waiting when they send %s', async (_what, text) => {
    const { port, event, server } = await serve({ raw: untilGone }, { maxCalls: 1, maxWaiting: 1 })
    const first = await rawPeer(port)
    first.send(RAW_ENVIRONMENT)
    await event('call-started')
    const waiting = await rawPeer(port)
    waiting.send(RAW_ENVIRONMENT + text)
    expect(await waiting.nextLine()).toBe('failure')
    expect(await event('call-refused')).toEqual({ type: 'call-refused', reason: 'bad-environment' })
    expect(server.waitingCalls).toBe(0)
    first.socket.destroy()
  })

  it('may send HANGUP right behind the environment', async () => {
    const { port, event } = await serve({ raw: async (call) => void (await call.streamFile('x')) })
    const peer = await rawPeer(port)
    peer.send(`${RAW_ENVIRONMENT}HANGUP\n`)
    expect(await event('call-ended')).toMatchObject({ outcome: 'hangup' })
  })
})

/** Which timer the kernel runs for a connection of this machine (Documentation/networking/proc_net_tcp.rst). */
function timerOf(localPort: number, remotePort = 0): string | undefined {
  const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0')
  const rows = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  const row = rows.find(
    ([, local = '', remote = '']) =>
      local.endsWith(`:${hex(localPort)}`) && remote.endsWith(`:${hex(remotePort)}`),
  )
  return row?.[5]?.slice(0, 2)
}
