import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AgiCall } from './call.ts'
import {
  AgiCommandFailedError,
  AgiConnectionLostError,
  AgiDeadChannelError,
  AgiHangupError,
  AgiInvalidCommandError,
  AgiProtocolError,
  AgiQueueFullError,
  AgiUsageError,
} from './errors.ts'
import { scriptedCall } from './testing/scripted-exchange.ts'

const DEAD = '511 Command Not Permitted on a dead channel or intercept routine\n'
const USAGE = '520-Invalid command syntax.  Proper usage follows:\nUsage: EXEC\n520 End of proper usage.\n'

type Issue = (call: AgiCall) => Promise<unknown>

describe('variables', () => {
  it('marks the end of a full value, so that line breaks and parentheses in it are safe', async () => {
    const { call, exchange, written, receive } = scriptedCall()
    const reading = call.getFullVariable('${X}')
    const mark = /^GET FULL VARIABLE "\$\{X\}(~[0-9a-f]{16})"$/.exec(written[0] ?? '')?.[1]
    receive(`200 result=1 (a)\nHANGUP\n200 result=1\nb)${mark})\n`)
    expect(await reading).toBe('a)\nHANGUP\n200 result=1\nb)')
    expect(exchange.hungUp).toBe(false)
  })

  it('sets several variables in one round trip, the odd one by itself', async () => {
    const { call, written } = scriptedCall(['200 result=0\n', '200 result=1\n'])
    await call.setVariables({ A: '1', B: '2', C: 'x,y' })
    expect(written).toEqual(['EXEC "MSet" "A=1,B=2"', 'SET VARIABLE "C" "x,y"'])
  })

  it('reads several whole in one round trip, whatever is in them', async () => {
    const { call, written, receive } = scriptedCall()
    const reading = call.getVariables(['A', 'CALLERID(name)', 'B'])
    const asked = '${URIENCODE(${A})}&${URIENCODE(${CALLERID(name)})}&${URIENCODE(${B})}'
    const mark = /(~[0-9a-f]{16})"$/.exec(written[0] ?? '')?.[1] ?? ''
    expect(written).toEqual([`GET FULL VARIABLE "${asked}${mark}"`])
    receive(`200 result=1 (1&Jo%C3%A3o%20%22Z%C3%A9%22%29%0A&${mark})\n`)
    expect(await reading).toEqual({ A: '1', 'CALLERID(name)': 'João "Zé")\n', B: '' })
  })

  it('reads by itself one that may have come cut', async () => {
    const { call, written, receive } = scriptedCall()
    const reading = call.getVariables(['A', 'B'])
    const mark = /(~[0-9a-f]{16})"$/.exec(written[0] ?? '')?.[1] ?? ''
    receive(`200 result=1 (1&${'%C3%A9'.repeat(682)}%C${mark})\n`)
    await Promise.resolve()
    await Promise.resolve()
    expect(written.at(-1)).toBe(`GET FULL VARIABLE "\${B}${mark}"`)
    receive(`200 result=1 (${'é'.repeat(700)}${mark})\n`)
    expect(await reading).toEqual({ A: '1', B: 'é'.repeat(700) })
  })

  it('takes a list of another length for no answer', async () => {
    const { call, written, receive } = scriptedCall()
    const reading = call.getVariables(['A', 'B'])
    receive(`200 result=1 (1${/(~[0-9a-f]{16})"$/.exec(written[0] ?? '')?.[1] ?? ''})\n`)
    await expect(reading).rejects.toThrow(AgiProtocolError)
  })
})

describe('refusals of Asterisk', () => {
  it.each([
    ['510 Invalid or unknown command\n', AgiInvalidCommandError],
    [USAGE, AgiUsageError],
    ['520 Invalid command syntax.  Proper usage not available.\n', AgiUsageError],
    [DEAD, AgiDeadChannelError],
    ['503 result=-2 Memory allocation failure\n', AgiCommandFailedError],
    ['200 result=maybe endpos=0\n', AgiProtocolError],
    ['200 result=7 endpos=0\n', AgiProtocolError],
  ])('%j', async (reply, type) => {
    const { call } = scriptedCall([reply, '200 result=0\n'])
    await expect(call.streamFile('x')).rejects.toThrow(type)
    await expect(call.noop()).resolves.toBeUndefined()
  })

  it('names the verb in the error and nothing of the arguments', async () => {
    const { call } = scriptedCall([USAGE])
    const error = await call.setVariable('CODE', '4711').catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'usage', command: 'SET VARIABLE', name: 'AgiUsageError' })
    expect(String(error)).not.toContain('4711')
  })

  it('passes over the usage text that follows an application which returned 1', async () => {
    const { call } = scriptedCall([`200 result=1\n${USAGE}`, '200 result=6\n'])
    expect(await call.exec('Odd')).toBe(1)
    expect(await call.channelStatus()).toBe(6)
  })

  it.each([USAGE, '520 Invalid command syntax.  Proper usage not available.\n'])(
    'passes over %j when it comes behind the next command, whose value is still read whole',
    async (stray) => {
      const { call } = scriptedCall(['200 result=1\n', `${stray}200 result=1 (a (b) c\nd)\n`])
      await call.exec('Odd')
      expect(await call.getVariable('X')).toBe('a (b) c\nd')
    },
  )

  it('passes over the one-line form of it too, and no second one', async () => {
    const stray = '520 Invalid command syntax.  Proper usage not available.\n'
    const { call } = scriptedCall([`200 result=1\n${stray}`, stray])
    await call.exec('Odd')
    await expect(call.noop()).rejects.toThrow(AgiUsageError)
  })
})

describe('one command in flight', () => {
  it('writes the next line only after the reply, in the order of the calls', async () => {
    const { call, written, receive } = scriptedCall()
    const both = Promise.all([call.waitForDigit(100), call.waitForDigit(200)])
    expect(written).toEqual(['WAIT FOR DIGIT 100'])
    receive('200 result=49\n')
    expect(written).toEqual(['WAIT FOR DIGIT 100', 'WAIT FOR DIGIT 200'])
    receive('200 result=50\n')
    expect(await both).toEqual([
      { kind: 'key', key: '1' },
      { kind: 'key', key: '2' },
    ])
  })

  it('queues 32 commands and refuses the next', async () => {
    const { call } = scriptedCall()
    for (let count = 0; count < 33; count += 1) void call.noop()
    await expect(call.noop()).rejects.toThrow(AgiQueueFullError)
  })

  it('takes a reply without a command for a fault of the stream', () => {
    const { receive } = scriptedCall()
    expect(() => receive('200 result=0\n')).toThrow(AgiProtocolError)
  })

  it('adds no listeners to the signal', async () => {
    const { call } = scriptedCall(Array.from({ length: 100 }, () => '200 result=0\n'))
    for (let count = 0; count < 100; count += 1) await call.noop()
    expect(getEventListeners(call.signal, 'abort')).toEqual([])
  })
})

describe('the end of the connection', () => {
  it('settles everything pending, and everything after', async () => {
    const { call, exchange } = scriptedCall()
    const results = Promise.allSettled([call.streamFile('x'), call.noop()])
    exchange.close(new AgiConnectionLostError('gone'))
    const reasons = (await results).map((result) => (result.status === 'rejected' ? result.reason : null))
    expect(reasons).toEqual([expect.any(AgiConnectionLostError), expect.any(AgiConnectionLostError)])
    await expect(call.setVariable('X', '1')).rejects.toThrow(AgiConnectionLostError)
    expect(call.signal.reason).toBeInstanceOf(AgiConnectionLostError)
  })

  it('after a hangup is still the hangup (AGIEXITONHANGUP=yes)', async () => {
    const { call, exchange, receive } = scriptedCall()
    const playing = call.streamFile('x')
    receive('HANGUP\n')
    exchange.close(new AgiConnectionLostError('gone'))
    await expect(playing).rejects.toThrow(AgiHangupError)
    expect(call.signal.reason).toBeInstanceOf(AgiHangupError)
  })
})

describe('a reply that does not come', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('ends the connection after the time for replies', async () => {
    const { call } = scriptedCall([], { replyTimeoutMs: 1_000 })
    const setting = call.setVariable('X', '1')
    vi.advanceTimersByTime(1_000)
    await expect(setting).rejects.toThrow(AgiConnectionLostError)
  })

  it('is due only after the wait that was asked for', async () => {
    const { call, receive } = scriptedCall([], { replyTimeoutMs: 1_000 })
    const waiting = call.waitForDigit(5_000)
    vi.advanceTimersByTime(5_999)
    receive('200 result=0\n')
    expect(await waiting).toEqual({ kind: 'timeout' })
    vi.advanceTimersByTime(60_000)
    expect(vi.getTimerCount()).toBe(0)
    expect(call.signal.aborted).toBe(false)
  })

  it('is due for each command by itself, however long the one before it might have taken', async () => {
    const { call, receive } = scriptedCall([], { replyTimeoutMs: 1_000 })
    const waiting = call.waitForDigit(60_000)
    receive('200 result=0\n')
    await waiting
    const [quick, quickest] = [call.noop(), call.noop()]
    vi.advanceTimersByTime(999)
    receive('200 result=0\n')
    await quick
    vi.advanceTimersByTime(999)
    expect(call.signal.aborted).toBe(false)
    vi.advanceTimersByTime(1)
    await expect(quickest).rejects.toThrow(AgiConnectionLostError)
  })

  it('after a hangup ends the connection soon, though a playback has no limit of its own', async () => {
    const { call, receive } = scriptedCall()
    const playing = call.streamFile('x')
    receive('HANGUP\n')
    vi.advanceTimersByTime(5_000)
    await expect(playing).rejects.toThrow(AgiHangupError)
  })

  it.each<[string, Issue]>([
    ['a playback', (call) => call.streamFile('x')],
    ['GET DATA', (call) => call.getData('x', 1_000, 4)],
    ['EXEC', (call) => call.exec('Dial', 'PJSIP/x')],
  ])('is never due for %s', (_what, issue) => {
    const { call } = scriptedCall()
    void issue(call)
    expect(vi.getTimerCount()).toBe(0)
  })
})
