import { setTimeout as pause } from 'node:timers/promises'
import { HelpdeskError } from '@ura/core/errors'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FakeTicketApi } from '../../testing/fake-ticket-api.ts'
import { StepCaller } from '../../testing/step-caller.ts'
import { openLine } from '../../testing/test-call.ts'
import { TestLine } from '../../testing/test-line.ts'

/** A request that ends only when it is stopped. */
const stopped = (signal?: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error))
  })

describe('arguments of a step', () => {
  it.each([
    ['arguments', { arguments: ['1001', '4821'] }],
    ['the query', { query: 'user=1001&code=4821' }],
    ['both, and an empty argument counts for nothing', { arguments: ['', '4821'], query: 'user=1001' }],
  ])('come as %s', async (_how, request) => {
    const { port } = await openLine(new FakeTicketApi())
    expect((await new StepCaller(port).ask('verify-code', request)).variables['cod_ver']).toBe('1')
  })

  it.each([
    ['verify-user', ['']],
    ['verify-user', ['10 01']],
    ['verify-user', ['1001\u0661']],
    ['verify-user', ['1234567890123']],
    ['send-code', ['1001#']],
    ['verify-code', ['1001', '123456789']],
    ['verify-code', ['1001']],
    ['verify-ticket', ['1001', "1' or '1'='1"]],
    ['open-ticket', ['1001', '2-3${SHELL(id)}']],
    ['open-ticket', ['1001', 'x'.repeat(65)]],
  ])('of %s are refused as %j, with a line in the log that does not hold them', async (script, given) => {
    const fake = new FakeTicketApi()
    const logged: string[] = []
    const { port } = await openLine(fake, logged)
    const { agiStatus, variables } = await new StepCaller(port).ask(script, { arguments: given })
    expect([agiStatus, variables['URA_RESULT']]).toEqual(['SUCCESS', 'invalid'])
    expect(fake.asked).toEqual([])
    const line = logged.find((text) => text.includes('missing or malformed')) ?? '{}'
    const { time: _time, pid: _pid, hostname: _host, ...said } = JSON.parse(line) as Record<string, unknown>
    expect(said).toMatchObject({ step: script, callId: '1795360430.7' })
    expect(given.filter((value) => value !== '' && JSON.stringify(said).includes(value))).toEqual([])
  })
})

describe('a step', () => {
  it('never logs what was keyed', async () => {
    const logged: string[] = []
    const caller = new StepCaller((await openLine(new FakeTicketApi(), logged)).port)
    await caller.ask('verify-code', { arguments: ['1001', '7394'] })
    expect(logged.join()).toContain('step for the dialplan done')
    expect(logged.join()).not.toContain('7394')
  })

  it('is unavailable when the API fails in a way that nobody foresaw', async () => {
    const verifyUser = (): Promise<never> => Promise.reject(new TypeError('no such thing'))
    const { port } = await openLine(new FakeTicketApi({ overrides: { verifyUser } }))
    const { agiStatus, variables } = await new StepCaller(port).ask('verify-user', { arguments: ['1001'] })
    expect([agiStatus, variables['URA_RESULT']]).toEqual(['SUCCESS', 'unavailable'])
  })

  it('has one budget for all that it asks, and keeps what it has when that is spent', async () => {
    const userSpeech: TicketApi['userSpeech'] = (_user, signal) => stopped(signal)
    const slow = new FakeTicketApi({ overrides: { userSpeech } })
    const line = await TestLine.open(slow.api, [], { API_BUDGET_MS: '1000' })
    onTestFinished(() => line.close())
    const { variables } = await new StepCaller(line.port).ask('verify-user', { arguments: ['1001'] })
    expect(variables).toMatchObject({ URA_RESULT: 'ok', cod_user: '1001', audio_url_name: '' })
  })

  it('is unavailable when its budget is spent without an answer', async () => {
    const verifyUser: TicketApi['verifyUser'] = (_request, signal) => stopped(signal)
    const line = await TestLine.open(new FakeTicketApi({ overrides: { verifyUser } }).api, [], {
      API_BUDGET_MS: '1000',
    })
    onTestFinished(() => line.close())
    const { variables } = await new StepCaller(line.port).ask('verify-user', { arguments: ['1001'] })
    expect(variables['URA_RESULT']).toBe('unavailable')
  })

  it('keeps a waiting caller company', async () => {
    const verifyUser = async (): Promise<boolean> => {
      await pause(1_500)
      return true
    }
    const { port } = await openLine(new FakeTicketApi({ overrides: { verifyUser } }))
    const call = new StepCaller(port).begin('verify-user', { arguments: ['1001'] })
    await call.ended
    expect(call.played).toEqual(['ura/one-moment'])
  })

  it('says that it is under way until its end: what a dialplan finds when the service dies', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const { port } = await openLine(new FakeTicketApi({ overrides: { verifyUser: () => promise } }))
    const call = new StepCaller(port).begin('verify-user', {
      arguments: ['1001'],
      variables: { URA_RESULT: 'ok', cod_user: '1002', audio_url_name: 'http://…' },
    })
    await expect.poll(() => call.variables.get('URA_RESULT')).toBe('started')
    expect([call.variables.get('cod_user'), call.variables.get('audio_url_name')]).toEqual(['', ''])
    resolve(true)
    expect((await call.ended).variables['URA_RESULT']).toBe('ok')
  })

  it('stops within 1 s of a hangup, with the request that is under way', async () => {
    const asked = Promise.withResolvers<void>()
    let aborted = false
    const openTicket: TicketApi['openTicket'] = async (_request, signal) => {
      asked.resolve()
      try {
        return await stopped(signal)
      } finally {
        aborted = true
      }
    }
    const line = await openLine(new FakeTicketApi({ overrides: { openTicket } }))
    const call = new StepCaller(line.port).begin('open-ticket', { arguments: ['1001', '2-1'] })
    await asked.promise
    call.hangup()
    expect((await call.ended).agiStatus).toBe('HANGUP')
    await expect.poll(() => line.activity().calls, { timeout: 1_000 }).toBe(0)
    expect(aborted).toBe(true)
  })
})

describe('the idempotency key of a step', () => {
  async function keysOf(queries: (string | undefined)[], uniqueIds = ['1795360430.7']): Promise<string[]> {
    const fake = new FakeTicketApi()
    const { port } = await openLine(fake)
    for (const uniqueId of uniqueIds) {
      for (const query of queries) {
        const caller = new StepCaller(port, { uniqueId, linkedId: '1795360430.7' })
        await caller.ask('send-code', { arguments: ['1001'], ...(query !== undefined && { query }) })
      }
    }
    return fake.asked.map(([, key]) => key)
  }

  it('is the same when the dialplan asks for the same step again, as on the second server', async () => {
    expect(new Set(await keysOf(['step=3', 'step=3'])).size).toBe(1)
  })

  it('is another one for the next step, for another channel, and for every run without a number', async () => {
    expect(new Set(await keysOf(['step=3', 'step=4', undefined, undefined, 'step=x'])).size).toBe(5)
    expect(new Set(await keysOf(['step=3'], ['1795360430.7', '1795360430.8'])).size).toBe(2)
  })

  it('that was used for something else makes the step invalid, not repeatable', async () => {
    const openTicket = (): Promise<never> => Promise.reject(new HelpdeskError('CHAVE_REUTILIZADA'))
    const { port } = await openLine(new FakeTicketApi({ overrides: { openTicket } }))
    const { variables } = await new StepCaller(port).ask('open-ticket', { arguments: ['1001', '2-1'] })
    expect(variables['URA_RESULT']).toBe('invalid')
  })
})
