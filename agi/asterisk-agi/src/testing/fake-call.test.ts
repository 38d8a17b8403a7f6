import { afterEach, describe, expect, it } from 'vitest'
import { type AgiHandler, AgiHangupError } from '../index.ts'
import { callTo, closeCalled, run } from './called.ts'
import { splitArguments } from './command-table.ts'
import type { FakeCall } from './fake-call.ts'

afterEach(closeCalled)

describe('the environment', () => {
  it('is that of Asterisk, with what the options say', async () => {
    const { result } = await run(async ({ environment }) => environment, {
      script: 'helpdesk?x=1',
      arguments: ['foo', 'bar'],
      callerId: '2042',
      extension: '7100',
      uniqueId: '17.1',
      environment: { agi_rdnis: '7200' },
    })
    expect(result).toMatchObject({
      script: 'helpdesk',
      arguments: ['foo', 'bar'],
      callerId: '2042',
      dnid: '7100',
      extension: '7100',
      uniqueId: '17.1',
      rdnis: '7200',
      version: '22.10.1',
      language: 'pt_BR',
    })
    expect([...(result?.raw.keys() ?? [])].slice(0, 3)).toEqual([
      'agi_network',
      'agi_network_script',
      'agi_request',
    ])
  })

  it('gives each call an id of its own', async () => {
    const first = await run(async ({ environment }) => environment.uniqueId)
    await closeCalled()
    const second = await run(async ({ environment }) => environment.uniqueId)
    expect(second.result).not.toBe(first.result)
  })
})

describe('variables', () => {
  it('are read, set and expanded', async () => {
    const { result, fake } = await run(
      async (call) => {
        await call.setVariables({ A: '1', B: 'x=y' })
        await call.setVariable('__C', 'a, "b"')
        return [
          await call.getVariable('START'),
          await call.getVariable('NONE'),
          await call.getFullVariable('${CHANNEL(linkedid)}/${CHANNEL(uniqueid)}/${CALLERID(num)}/${NONE}.'),
          await call.getFullVariable('${URIENCODE(${C})}'),
        ]
      },
      { variables: { START: 'here' }, linkedId: 'L', uniqueId: 'U', callerId: '2001' },
    )
    expect(result).toEqual(['here', null, 'L/U/2001/.', 'a%2C%20%22b%22'])
    expect(Object.fromEntries(fake.variables)).toEqual({ START: 'here', A: '1', B: 'x=y', C: 'a, "b"' })
  })
})

describe('files', () => {
  it('that are missing fail on a live channel, and the AGI with them', async () => {
    const { result, agiStatus, fake } = await run((call) => call.streamFile('gone'), {
      missingFiles: (file) => file === 'gone',
    })
    expect(result).toEqual({ kind: 'failed' })
    expect(agiStatus).toBe('FAILURE')
    expect(fake.played).toEqual([])
  })

  it('of GET DATA fail that command alone', async () => {
    const { agiStatus, fake } = await run((call) => call.getData('gone', 1_000, 4).catch(() => null), {
      missingFiles: () => true,
    })
    expect(fake.commands).toEqual(['GET DATA "gone" 1000 4', 'CHANNEL STATUS'])
    expect(agiStatus).toBe('SUCCESS')
  })

  it('of digits are passed over when missing', async () => {
    const { fake } = await run((call) => call.sayDigits('102'), {
      missingFiles: (file) => file === 'digits/0',
    })
    expect(fake.played).toEqual(['digits/1', 'digits/2'])
  })
})

const hangupAt: [string, AgiHandler][] = [
  ['STREAM FILE', async (call) => void (await call.streamFile('x'))],
  ['GET OPTION', async (call) => void (await call.getOption('x', '12', 1_000))],
  ['WAIT FOR DIGIT', async (call) => void (await call.waitForDigit(1_000))],
  ['GET DATA', async (call) => void (await call.getData('x', 1_000, 4))],
  ['SAY DIGITS', async (call) => void (await call.sayDigits('12'))],
]

describe('a hangup', () => {
  for (const silentHangup of [false, true]) {
    it.each(hangupAt)(
      `during %s ends it (HANGUP line: ${silentHangup ? 'no' : 'yes'})`,
      async (_verb, handler) => {
        let caught: unknown
        const fake: FakeCall = await callTo(
          async (call) => {
            try {
              await handler(call, {})
            } catch (error) {
              caught = error
              await call.setVariable('AFTER', 'set')
            }
          },
          {
            caller: { hears: () => fake.hangup(), asked: () => 'hangup' },
            quirks: { silentHangup, splitBytes: 3 },
          },
        )
        const { agiStatus, variables } = await fake.ended
        expect(caught).toBeInstanceOf(AgiHangupError)
        expect(agiStatus).toBe('HANGUP')
        expect(variables).toEqual({ AFTER: 'set' })
      },
    )
  }

  it('in the wait of GET OPTION is a hangup, though Asterisk tells it as no key', async () => {
    const { result, agiStatus } = await run(
      (call) => call.getOption('x', '1', 60_000).catch((error: unknown) => error),
      { caller: { asked: () => 'hangup' } },
    )
    expect(result).toBeInstanceOf(AgiHangupError)
    expect(agiStatus).toBe('HANGUP')
  })

  it('before the connection is up is told right after the environment', async () => {
    let caught: unknown
    const calling = callTo(async (call) => {
      caught = await call.streamFile('x').catch((error: unknown) => error)
      caught = await call.streamFile('y').catch((error: unknown) => error)
    })
    const fake = await calling
    fake.hangup()
    expect((await fake.ended).agiStatus).toBe('HANGUP')
    expect(caught).toBeInstanceOf(AgiHangupError)
  })
})

describe('commands', () => {
  it('run applications, with the usage text behind a result of 1', async () => {
    const { result } = await run(
      async (call) => [
        await call.exec('Odd', 'x'),
        await call.exec('Nowhere'),
        await call.exec('Wait', '5'),
        await call.channelStatus(),
      ],
      { applications: { Odd: (argument) => (argument === 'x' ? 1 : 0) } },
    )
    expect(result).toEqual([1, -2, 0, 4])
  })

  it('answer the channel', async () => {
    const { result } = await run(async (call) => {
      await call.answer()
      await call.setMusic(true, 'default')
      await call.verbose('hello')
      return call.channelStatus()
    })
    expect(result).toBe(6)
  })

  it('are run by speed: a minute passes in a moment', async () => {
    const startedAt = performance.now()
    const { result } = await run((call) => call.waitForDigit(60_000), { speed: 6_000 })
    expect(result).toEqual({ kind: 'timeout' })
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })
})

describe('an error of the caller played by the test', () => {
  it('comes out of the call', async () => {
    const fake = await callTo(async (call) => void (await call.streamFile('x').catch(() => null)), {
      caller: { hears: () => Promise.reject(new Error('unexpected prompt')) },
    })
    await expect(fake.ended).rejects.toThrow('unexpected prompt')
  })
})

describe('arguments of a line', () => {
  it('are cut as Asterisk cuts them', () => {
    const line = String.raw`SET  VARIABLE "a b"c "\"\\" "" x\ y`
    expect(splitArguments(line)).toEqual(['SET', 'VARIABLE', 'a bc', '"\\', '', 'x y'])
  })
})
