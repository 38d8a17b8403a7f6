import { afterEach, describe, expect, it } from 'vitest'
import { AgiRouter, createAgiServer } from '../index.ts'
import { callTo, closeCalled, run } from './called.ts'
import { type FakeCall, fakeCall } from './fake-call.ts'

afterEach(closeCalled)

const never = (): Promise<void> => new Promise(() => undefined)

describe('keys', () => {
  it('stop a playback that waits for them, at the moment they are pressed', async () => {
    let isStopped = false
    const fake = await callTo(
      async (call) => {
        const ending = await call.streamFile('menu', '12')
        await call.setVariable('ENDING', ending.kind === 'key' ? ending.key : ending.kind)
      },
      {
        caller: {
          hears: (_file, signal) => {
            signal.addEventListener('abort', () => {
              isStopped = true
            })
            setImmediate(() => fake.press('2'))
            return never()
          },
        },
      },
    )
    expect((await fake.ended).variables).toEqual({ ENDING: '2' })
    expect(isStopped).toBe(true)
  })

  it('answer a question, the first now and the rest ahead', async () => {
    const waits: { timeoutMs: number; lastFiles: readonly string[] }[] = []
    const { result, fake } = await run(
      async (call) => [
        await call.getOption('menu', '12', 7_000),
        await call.streamFile('sub-menu', '34'),
        await call.getData('ask', 4_000, 4),
      ],
      {
        caller: {
          asked: (wait) => {
            waits.push(wait)
            return '1300'
          },
        },
      },
    )
    expect(result).toEqual([
      { kind: 'key', key: '1', endpos: 16_000 },
      { kind: 'key', key: '3', endpos: 8_000 },
      { digits: '0013', timedOut: false },
    ])
    expect(waits).toEqual([
      { timeoutMs: 7_000, lastFiles: ['menu'] },
      { timeoutMs: 4_000, lastFiles: [] },
    ])
    expect(fake.played).toEqual(['menu', 'sub-menu', 'ask'])
  })

  it('that a playback does not wait for are lost in it, as in Asterisk', async () => {
    const { result } = await run(
      async (call) => {
        await call.waitForDigit(1_000)
        return [await call.streamFile('menu', '12'), await call.waitForDigit(1_000)]
      },
      { caller: { asked: ({ lastFiles }) => (lastFiles.length === 0 ? '99' : null) } },
    )
    expect(result).toEqual([{ kind: 'finished', endpos: 16_000 }, { kind: 'timeout' }])
  })

  it('are kept while nothing reads them, unless told otherwise', async () => {
    const script = async (dropKeysBetweenCommands: boolean): Promise<string> => {
      const fake: FakeCall = await callTo(
        async (call) => {
          await call.exec('Press')
          const { kind } = await call.waitForDigit(1_000)
          await call.setVariable('KIND', kind)
        },
        {
          applications: {
            Press: () => {
              fake.press('5')
              return 0
            },
          },
          quirks: { dropKeysBetweenCommands },
        },
      )
      const { variables } = await fake.ended
      await closeCalled()
      return variables['KIND'] ?? ''
    }
    expect(await script(false)).toBe('key')
    expect(await script(true)).toBe('timeout')
  })

  it('outside the set end the wait of GET OPTION with nothing', async () => {
    const { result } = await run((call) => call.getOption('menu', '12', 1_000), {
      caller: { asked: () => '9' },
    })
    expect(result).toEqual({ kind: 'finished', endpos: 16_000 })
  })

  it('# ends GET DATA without being in it', async () => {
    const keys = ['12#', '#']
    const { result } = await run(
      async (call) => [await call.getData('a', 1_000, 8), await call.getData('b', 1_000, 8)],
      { caller: { asked: () => keys.shift() ?? null } },
    )
    expect(result).toEqual([
      { digits: '12', timedOut: false },
      { digits: '', timedOut: false },
    ])
  })

  it('left out run into the time-out, with what was keyed before', async () => {
    const keys = ['12']
    const { result } = await run((call) => call.getData('a', 60_000, 8), {
      caller: { asked: () => keys.shift() ?? null },
    })
    expect(result).toEqual({ digits: '12', timedOut: true })
  })

  it('may be pending for ever: the time-out wins', async () => {
    const { result } = await run((call) => call.waitForDigit(60_000), {
      caller: { asked: () => new Promise(() => undefined) },
      speed: 10_000,
    })
    expect(result).toEqual({ kind: 'timeout' })
  })

  it('must be keys', async () => {
    const { port } = await createAgiServer({ router: new AgiRouter() }).listen({ port: 0, host: '127.0.0.1' })
    const fake = fakeCall({ port })
    expect(() => fake.press('1x')).toThrow(TypeError)
    expect((await fake.ended).agiStatus).toBe('FAILURE')
  })
})
