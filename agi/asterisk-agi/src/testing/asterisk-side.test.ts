import { afterEach, describe, expect, it } from 'vitest'
import { bareServer, closeBareServers } from './bare-server.ts'

const EXECUTED_ON_DEAD = '200 result=1'
const DEAD = '511 Command Not Permitted on a dead channel or intercept routine'

afterEach(closeBareServers)

describe('the Asterisk side, line by line', () => {
  it('tells a hangup at once, refuses with 511, and says HANGUP again at the end', async () => {
    const { fake, next, write, end } = await bareServer()
    fake.hangup()
    expect(await next()).toBe('HANGUP')
    write('GET DATA x\n')
    expect(await next()).toBe(DEAD)
    write('SET VARIABLE X 1\n')
    expect(await next()).toBe(EXECUTED_ON_DEAD)
    end()
    expect(await next()).toBe('HANGUP')
    expect((await fake.ended).agiStatus).toBe('HANGUP')
  })

  it('says HANGUP at the end of a call that goes on', async () => {
    const { fake, next, end } = await bareServer()
    end()
    expect(await next()).toBe('HANGUP')
    expect(await next()).toBeNull()
    expect((await fake.ended).agiStatus).toBe('SUCCESS')
  })

  it.each([
    ['NONSENSE', '510 Invalid or unknown command'],
    ['', '510 Invalid or unknown command'],
    ['SPEECH CREATE x', '200 result=0'],
    ['ANSWER\r', '510 Invalid or unknown command'],
    ['answer', '200 result=0'],
    ['GET VARIABLE X', '200 result=0'],
    ['GET FULL VARIABLE X', '200 result=1 (X)'],
    ['CHANNEL STATUS PJSIP/none', '200 result=-1'],
    ['EXEC Nowhere', '200 result=-2'],
    ['GET DATA "" 5 1', '200 result= (timeout)'],
    ['SET MUSIC OFF', '200 result=0'],
  ])('answers %j with %j', async (line, reply) => {
    const { next, write, end } = await bareServer()
    write(`${line}\n`)
    expect(await next()).toBe(reply)
    end()
  })

  it('answers wrong arguments with a usage text of several lines', async () => {
    const { next, write, end } = await bareServer()
    write('STREAM FILE\n')
    expect(await next()).toBe('520-Invalid command syntax.  Proper usage follows:')
    await next()
    expect(await next()).toBe('520 End of proper usage.')
    end()
  })

  it('answers a command that new input stopped with nothing', async () => {
    const caller = { hears: () => new Promise<void>(() => undefined) }
    const { fake, next, write, end } = await bareServer({ caller })
    write('STREAM FILE long ""\nNOOP\n')
    expect(await next()).toBe('200 result=0')
    end()
    expect(await next()).toBe('HANGUP')
    expect(fake.commands).toEqual(['STREAM FILE long ""', 'NOOP'])
  })

  it('takes failure for FAILURE', async () => {
    const { fake, write, end } = await bareServer()
    write('failure\n')
    end()
    expect((await fake.ended).agiStatus).toBe('FAILURE')
  })

  it('takes a server that goes away for SUCCESS', async () => {
    const { fake, write, end } = await bareServer()
    write('NOOP\n')
    end()
    expect((await fake.ended).agiStatus).toBe('SUCCESS')
  })

  it('closes right after a hangup with exitOnHangup', async () => {
    const { fake, next, end } = await bareServer({ quirks: { exitOnHangup: true } })
    fake.hangup()
    expect([await next(), await next()]).toEqual(['HANGUP', 'HANGUP'])
    expect(await next()).toBeNull()
    end()
    expect((await fake.ended).agiStatus).toBe('HANGUP')
  })
})
