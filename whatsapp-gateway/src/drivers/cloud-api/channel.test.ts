import { createLogger } from '@ura/core/logger'
import { describe, expect, it } from 'vitest'
import { quiet } from '../../testing/dispatcher-under-test.ts'
import { ManualTime } from '../../testing/manual-time.ts'
import { Channel, type ProbeResult } from './channel.ts'

const minuteMs = 60_000

async function startChannel(first: ProbeResult = 'accepted') {
  const time = new ManualTime()
  const meta = { result: first }
  const states: string[] = []
  const channel = new Channel({
    clock: time,
    timers: time,
    log: createLogger({ service: 'test', level: 'silent' }),
    probe: async () => meta.result,
  })
  const advance = async (ms: number): Promise<string> => {
    time.advance(ms)
    await quiet()
    return channel.status.state
  }
  channel.start(() => states.push(channel.status.state))
  await quiet()
  return { channel, meta, states, advance, time }
}

describe('the channel at the start', () => {
  it.each([
    ['accepted', 'connected'],
    ['refused', 'logged_out'],
    ['unreachable', 'degraded'],
  ] as const)('of a token that is %s is %s', async (result, state) => {
    const { channel, states } = await startChannel(result)
    expect([channel.status.state, states]).toEqual([state, [state]])
  })

  it('lets nothing through before Meta has answered, nor with a refused token', async () => {
    const { channel } = await startChannel('refused')
    expect(channel.enter()).toBeNull()
  })
})

describe('a paused channel', () => {
  it('lets one message try it when the pause is over, and the others once that went well', async () => {
    const { channel, advance, states } = await startChannel()
    channel.pause(131_048)
    expect(channel.enter()).toBeNull()
    expect(await advance(5 * minuteMs)).toBe('degraded')
    const leave = channel.enter()
    expect([typeof leave, channel.enter()]).toEqual(['function', null])
    channel.works()
    leave?.()
    expect([typeof channel.enter(), typeof channel.enter()]).toEqual(['function', 'function'])
    expect(states).toEqual(['connected', 'banned', 'degraded', 'connected'])
  })

  it('is left alone for twice as long each time, an hour at most', async () => {
    const { channel, advance } = await startChannel()
    for (const minutes of [5, 10, 20, 40, 60, 60]) {
      channel.pause(368)
      expect(await advance(minutes * minuteMs - 1)).toBe('banned')
      expect(await advance(1)).toBe('degraded')
    }
    channel.works()
    channel.pause(368)
    expect(await advance(5 * minuteMs)).toBe('degraded')
  })

  it('is asked about each minute while the token is refused', async () => {
    const { channel, meta, advance } = await startChannel()
    meta.result = 'refused'
    channel.pause(190)
    for (let minutes = 1; minutes <= 3; minutes += 1) {
      expect(await advance(minuteMs)).toBe('logged_out')
    }
    meta.result = 'accepted'
    expect(await advance(minuteMs)).toBe('degraded')
  })

  it('that was stopped sets no more timers and tells nothing', async () => {
    const { channel, advance, states, time } = await startChannel()
    channel.pause(190)
    channel.stop()
    expect(time.timerCount).toBe(0)
    await advance(60 * minuteMs)
    expect(states).toEqual(['connected', 'logged_out'])
  })
})

it('three faults in a row show as degraded, and the next success as connected', async () => {
  const { channel, states } = await startChannel()
  channel.faulted()
  channel.faulted()
  channel.works()
  channel.faulted()
  channel.faulted()
  expect(channel.status.state).toBe('connected')
  channel.faulted()
  channel.works()
  expect(states).toEqual(['connected', 'degraded', 'connected'])
})
