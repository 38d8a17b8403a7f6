import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { answersOf, bareServer, closeBareServers } from './bare-server.ts'
import { closeServed, serve } from './served.ts'
import { fakeCall } from './fake-call.ts'

const DEAD = '511 Command Not Permitted on a dead channel or intercept routine'

afterEach(async () => {
  closeBareServers()
  await closeServed()
})

describe('splitBytes', () => {
  it.each([true, 1, 2, 7, 1_000])(
    '%s: what is sent arrives whole, whatever its pieces',
    async (splitBytes) => {
      const { answers } = await answersOf(['SET VARIABLE A "João"', 'GET VARIABLE A'], {
        quirks: { splitBytes },
      })
      expect(answers).toEqual(['200 result=1', '200 result=1 (João)'])
    },
  )
})

describe('hangupAt', () => {
  it('before a command: HANGUP comes ahead of its reply, which is 511', async () => {
    const { answers, agiStatus } = await answersOf(['NOOP', 'ANSWER', 'NOOP'], {
      quirks: { hangupAt: { when: 'before', command: 2 } },
    })
    // Each line is sent after one line of Asterisk.
    expect(answers).toEqual(['200 result=0', 'HANGUP', DEAD])
    expect(agiStatus).toBe('HANGUP')
  })

  it('during a command: its reply comes first, then HANGUP', async () => {
    const { answers } = await answersOf(['NOOP', 'WAIT FOR DIGIT -1', 'NOOP'], {
      quirks: { hangupAt: { when: 'during', command: (line) => line.startsWith('WAIT') } },
    })
    expect(answers).toEqual(['200 result=0', '200 result=-1', 'HANGUP'])
  })

  it('during a command that takes no time: right after it', async () => {
    const { answers } = await answersOf(['NOOP', 'ANSWER'], {
      quirks: { hangupAt: { when: 'during', command: 1 } },
    })
    expect(answers).toEqual(['200 result=0', 'HANGUP'])
  })

  it('after a command: its reply is as ever, then HANGUP', async () => {
    const { answers } = await answersOf(['STREAM FILE x ""', 'NOOP'], {
      quirks: { hangupAt: { when: 'after', command: 1 } },
    })
    expect(answers).toEqual(['200 result=0 endpos=16000', 'HANGUP'])
  })

  it('a pause of the dialplan is cut short by it', async () => {
    const { answers } = await answersOf(['EXEC Wait 60'], {
      speed: 1,
      quirks: { hangupAt: { when: 'during', command: 1 } },
    })
    expect(answers).toEqual(['200 result=-1'])
  })
})

describe('a hangup in mid-call', () => {
  it('is told at once and again at the end', async () => {
    const { next, end } = await bareServer({ quirks: { hangupAt: { when: 'after', command: 1 } } }).then(
      (server) => {
        server.write('NOOP\n')
        return server
      },
    )
    expect([await next(), await next()]).toEqual(['200 result=0', 'HANGUP'])
    end()
    expect([await next(), await next()]).toEqual(['HANGUP', null])
  })

  it('is told by nothing with silentHangup', async () => {
    const { next, write, end } = await bareServer({
      quirks: { silentHangup: true, hangupAt: { when: 'after', command: 1 } },
    })
    write('NOOP\n')
    expect(await next()).toBe('200 result=0')
    write('ANSWER\n')
    expect(await next()).toBe(DEAD)
    end()
    expect(await next()).toBeNull()
  })
})

describe('deadFromStart', () => {
  it('answers 511 to the first command, tells no hangup, and ends as SUCCESS', async () => {
    const { answers, agiStatus } = await answersOf(['ANSWER', 'SET VARIABLE A 1', 'EXEC Wait 1'], {
      quirks: { deadFromStart: true },
    })
    expect(answers).toEqual([DEAD, '200 result=1', '200 result=-1'])
    expect(agiStatus).toBe('SUCCESS')
  })
})

describe('stallAt', () => {
  it('leaves a command and all after it without an answer, until the server closes', async () => {
    const { fake, next, write, end } = await bareServer({ quirks: { stallAt: (line) => line === 'ANSWER' } })
    write('NOOP\n')
    expect(await next()).toBe('200 result=0')
    write('ANSWER\n')
    write('NOOP\n')
    end()
    expect(await next()).toBe('HANGUP')
    expect((await fake.ended).agiStatus).toBe('SUCCESS')
    expect(fake.commands).toEqual(['NOOP', 'ANSWER'])
  })
})

describe('slowReader', () => {
  it('makes the writes of the server back up', async () => {
    const { fake, socket } = await bareServer({ quirks: { slowReader: { bytes: 10, everyMs: 1 } } })
    const line = `NOOP ${'x'.repeat(8_000)}\n`
    let linesWritten = 0
    // What the two ends' systems hold between them is bounded; past it a write isn't taken any more.
    while (linesWritten < 10_000 && socket.write(line)) {
      linesWritten += 1
      await delay(0)
    }
    expect(linesWritten).toBeLessThan(10_000)
    expect(socket.writableLength).toBeGreaterThan(0)
    fake.cut()
    await fake.ended
    socket.destroy()
  })
})

describe('flood', () => {
  it('sends lines nobody asked for, and then goes on', async () => {
    const { next, write, end } = await bareServer({ quirks: { flood: { line: '200 result=7', times: 500 } } })
    for (let count = 0; count < 500; count += 1) expect(await next()).toBe('200 result=7')
    write('NOOP\n')
    expect(await next()).toBe('200 result=0')
    end()
  })
})

describe('probe', () => {
  it('connects and closes, and no call begins', async () => {
    const { port, events, errors, server } = await serve({ x: async () => {} })
    const { agiStatus } = await fakeCall({ port, script: 'x', quirks: { probe: true } }).ended
    expect(agiStatus).toBe('FAILURE')
    await fakeCall({ port, script: 'x' }).ended
    expect(events.map(({ type }) => type)).toEqual(['call-started', 'call-ended'])
    expect(errors).toEqual([])
    expect(server.activeCalls).toBe(0)
  })
})

describe('cut', () => {
  it('breaks the connection under a running command', async () => {
    const { fake, next, write } = await bareServer({ speed: 1 })
    write('RECORD FILE x wav "" 60000\n')
    await delay(0)
    fake.cut()
    await fake.ended
    expect(await next().catch(() => null)).toBeNull()
  })
})

describe('a line Asterisk cannot run as one', () => {
  it.each([
    ['is too long', `NOOP ${'x'.repeat(8_200)}\n`, 'A line is longer'],
    ['has too many quoted arguments', `NOOP ${'"x" '.repeat(127)}\n`, 'More quoted arguments'],
  ])('ends the call with an error when it %s', async (_, line, message) => {
    const { fake, write } = await bareServer()
    write(line)
    await expect(fake.ended).rejects.toThrow(message)
  })

  it('is none with 127 words in all, or with more that are not quoted', async () => {
    const { answers } = await answersOf([`NOOP ${'"x" '.repeat(126)}`, `NOOP ${'x '.repeat(300)}`])
    expect(answers).toEqual(['200 result=0', '200 result=0'])
  })
})
