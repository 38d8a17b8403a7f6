import { describe, expect, it } from 'vitest'
import type { AgiCall } from './call.ts'
import { AgiCommandFailedError, AgiDeadChannelError, AgiHangupError } from './errors.ts'
import { scriptedCall } from './testing/scripted-exchange.ts'

const DEAD = '511 Command Not Permitted on a dead channel or intercept routine\n'

type Issue = (call: AgiCall) => Promise<unknown>

describe('-1: hangup or failure', () => {
  const lone: [string, Issue][] = [
    ['STREAM FILE', (call) => call.streamFile('x')],
    ['GET OPTION', (call) => call.getOption('x', '1', 100)],
    ['SAY DIGITS', (call) => call.sayDigits('1')],
  ]
  const failing: [string, Issue][] = [
    ['ANSWER', (call) => call.answer()],
    ['WAIT FOR DIGIT', (call) => call.waitForDigit(100)],
    ['GET DATA', (call) => call.getData('x', 100, 4)],
  ]

  it.each(lone)('%s on a channel that is alive: failed', async (_verb, issue) => {
    const { call, written } = scriptedCall(['200 result=-1 endpos=0\n', '200 result=6\n'])
    expect(await issue(call)).toEqual({ kind: 'failed' })
    expect(written[1]).toBe('CHANNEL STATUS')
    expect(call.signal.aborted).toBe(false)
  })

  it.each(failing)('%s on a channel that is alive: AgiCommandFailedError', async (_verb, issue) => {
    const { call } = scriptedCall(['200 result=-1\n', '200 result=6\n'])
    await expect(issue(call)).rejects.toThrow(AgiCommandFailedError)
  })

  it.each([...lone, ...failing])(
    '%s with HANGUP behind it: AgiHangupError, nothing asked',
    async (_verb, issue) => {
      const { call, written } = scriptedCall(['200 result=-1\nHANGUP\n'])
      await expect(issue(call)).rejects.toThrow(AgiHangupError)
      expect(written).toHaveLength(1)
      expect(call.signal.reason).toBeInstanceOf(AgiHangupError)
    },
  )

  it.each([...lone, ...failing])('%s with HANGUP behind the question', async (command, issue) => {
    const { call } = scriptedCall(['200 result=-1\n', `HANGUP\n${DEAD}`])
    await expect(issue(call)).rejects.toMatchObject({ code: 'hangup', command })
  })

  it.each([...lone, ...failing])('%s with AGISIGHUP=no: 511 alone tells', async (_verb, issue) => {
    const { call } = scriptedCall(['200 result=-1\n', DEAD])
    await expect(issue(call)).rejects.toThrow(AgiHangupError)
    expect(call.signal.aborted).toBe(true)
  })
})

describe('hangup', () => {
  it('is found behind the "no key" of GET OPTION', async () => {
    const { call } = scriptedCall(['200 result=0 endpos=9\nHANGUP\n'])
    await expect(call.getOption('x', '1', 100)).rejects.toThrow(AgiHangupError)
  })

  it('lets a whole playback before it count', async () => {
    const { call } = scriptedCall(['200 result=0 endpos=9\nHANGUP\n'])
    expect(await call.streamFile('x')).toEqual({ kind: 'finished', endpos: 9 })
    await expect(call.streamFile('y')).rejects.toThrow(AgiHangupError)
  })

  it('between two commands aborts the signal at once', async () => {
    const { call, receive } = scriptedCall()
    expect(call.signal.aborted).toBe(false)
    receive('HANGUP\n')
    expect(call.signal.reason).toBeInstanceOf(AgiHangupError)
  })

  it('before the reply to a command leaves that command its own reply', async () => {
    const { call } = scriptedCall(['HANGUP\n200 result=1\n'])
    await expect(call.setVariable('X', '1')).resolves.toBeUndefined()
    expect(call.signal.aborted).toBe(true)
  })

  it('refuses what needs a live channel without writing it, and still runs the rest', async () => {
    const { call, receive, written } = scriptedCall(['200 result=1\n', '200 result=0\n'])
    receive('HANGUP\n')
    await expect(call.streamFile('x')).rejects.toThrow(AgiHangupError)
    await expect(call.channelStatus()).rejects.toThrow(AgiHangupError)
    await call.setVariable('URA_RESULT', 'abandoned')
    await call.noop()
    await call.hangup()
    expect(written).toEqual(['SET VARIABLE "URA_RESULT" "abandoned"', 'NOOP'])
  })

  it('settles what was waiting for its turn', async () => {
    const { call, receive, written } = scriptedCall(['', '200 result=1\n'])
    const results = Promise.allSettled([
      call.streamFile('x'),
      call.streamFile('y'),
      call.setVariable('X', '1'),
    ])
    receive('HANGUP\n')
    receive(DEAD)
    expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
    expect(written).toEqual(['STREAM FILE "x" ""', 'SET VARIABLE "X" "1"'])
  })

  it('is not what 511 means on a channel that was dead from the start', async () => {
    const { call } = scriptedCall([DEAD, '200 result=1\n', DEAD])
    await expect(call.streamFile('x')).rejects.toThrow(AgiDeadChannelError)
    await call.verbose('still there')
    await expect(call.channelStatus()).rejects.toThrow(AgiDeadChannelError)
    expect(call.signal.aborted).toBe(false)
  })

  it('after the handler is done means nothing: Asterisk says HANGUP at the end of every session', () => {
    const { call, exchange, receive } = scriptedCall()
    exchange.finish()
    receive('HANGUP\n')
    expect(call.signal.aborted).toBe(false)
  })

  it('in the background rejects a promise nobody awaits without ending the process', async () => {
    const unhandled: unknown[] = []
    const keep = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', keep)
    const { call, receive } = scriptedCall()
    void call.streamFile('x')
    void call.streamFile('y')
    receive(`HANGUP\n${DEAD}`)
    await new Promise((resolve) => void setImmediate(resolve))
    process.off('unhandledRejection', keep)
    expect(unhandled).toEqual([])
  })
})
