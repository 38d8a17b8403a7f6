import { setTimeout as pause } from 'node:timers/promises'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import { describe, expect, it } from 'vitest'
import { FakeTicketApi } from './testing/fake-ticket-api.ts'
import { ScriptedCaller } from './testing/scripted-caller.ts'
import { openLine } from './testing/test-call.ts'

describe('hanging up', () => {
  const questions = [
    '',
    '1',
    '1 1001#',
    '1 1001# 4821',
    '1 1001# 4821 1',
    '1 1001# 4821 1 2',
    '1 1001# 4821 1 2 1',
  ]

  it.each(questions)('after "%s" leaves a record and nothing under way, within 1 s', async (keys) => {
    const fake = new FakeTicketApi()
    const line = await openLine(fake)
    const { agiStatus } = await line.telephone.call(keys)
    expect(agiStatus).toBe('HANGUP')
    await expect.poll(() => line.activity(), { timeout: 1_000 }).toEqual({ calls: 0, records: 0 })
    expect(fake.records).toHaveLength(1)
    expect(fake.records[0]?.resultado).toBe(keys.endsWith('2 1') ? 'ticket_opened' : 'abandoned')
  })

  it('keeps a ticket that was being created in the record of its call', async () => {
    const openTicket: TicketApi['openTicket'] = async () => {
      caller.hangup()
      await pause(50)
      return { status: true, protocolo: '10017', url: null, nome_audio: null }
    }
    const fake = new FakeTicketApi({ overrides: { openTicket } })
    const line = await openLine(fake)
    const scripted = new ScriptedCaller({
      groups: '1 1001# 4821 1 2 1'.split(' '),
      newestCode: async () => null,
    })
    const caller = line.telephone.dial({ asked: scripted.asked })
    await caller.ended
    await line.close()
    expect(fake.records).toMatchObject([{ resultado: 'ticket_opened', protocolos: ['10017'] }])
  })

  it('is told apart from a call that the service cut when it stopped', async () => {
    const fake = new FakeTicketApi()
    const line = await openLine(fake)
    const caller = line.telephone.dial({ asked: () => new Promise(() => {}) }, { speed: 1 })
    while (!caller.played.includes('ura/main-menu')) {
      await pause(5)
    }
    await line.close()
    expect(fake.records).toMatchObject([{ resultado: 'failed' }])
  })

  it('stops a request that is under way', async () => {
    let aborted = false
    const verifyUser: TicketApi['verifyUser'] = (_request, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          aborted = true
          reject(signal.reason as Error)
        })
        setTimeout(() => caller.hangup(), 20)
      })
    const fake = new FakeTicketApi({ overrides: { verifyUser } })
    const line = await openLine(fake)
    const caller = line.telephone.dial({
      asked: ({ lastFiles }) => (lastFiles.at(-1) === 'ura/main-menu' ? '1' : '1001#'),
    })
    expect((await caller.ended).agiStatus).toBe('HANGUP')
    await line.close()
    expect(aborted).toBe(true)
    expect(fake.records[0]).toMatchObject({ resultado: 'abandoned' })
  })
})
