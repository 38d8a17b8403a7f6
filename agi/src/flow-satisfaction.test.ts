import { HelpdeskError } from '@ura/core/errors'
import { describe, expect, it } from 'vitest'
import { FakeTicketApi } from './testing/fake-ticket-api.ts'
import { callOnce, openLine } from './testing/test-call.ts'
import type { FinishedCall, TelephoneOptions } from './testing/telephone.ts'

const environment = { SATISFACTION_SURVEY: 'on' }
const asked = ['main-menu', 'ask-registration', 'ask-ticket', 'status.wav', 'ask-satisfaction']

function query(fake: FakeTicketApi, keys: string, options?: TelephoneOptions): Promise<FinishedCall> {
  return callOnce(fake, `2 1001# 10017# ${keys}`, { environment, linkedId: '17.5', ...options })
}

describe('after the status of a resolved ticket', () => {
  it('one key rates it, and the menu goes on', async () => {
    const fake = new FakeTicketApi({ ticketStatus: 'resolvido' })
    const { heard } = await query(fake, '4 0')
    expect(heard).toEqual([...asked, 'satisfaction-thanks', 'after-status', 'main-menu'])
    expect(fake.ratings).toEqual([
      { callId: '17.5', moment: 'consulta', score: 4, ticket: { userCode: '1001', protocol: '10017' } },
    ])
  })

  it.each(['-', '#', '*', '0', '6'])('%s skips it without a second question', async (key) => {
    const fake = new FakeTicketApi({ ticketStatus: 'fechado' })
    const { heard } = await query(fake, `${key} 0`)
    expect(heard).toEqual([...asked, 'after-status', 'main-menu'])
    expect(fake.ratings).toEqual([])
  })

  it('is rated by who hangs up right after the key', async () => {
    const fake = new FakeTicketApi({ ticketStatus: 'resolvido' })
    await query(fake, '5')
    expect(fake.ratings).toMatchObject([{ score: 5 }])
    expect(fake.records).toMatchObject([{ resultado: 'status_told' }])
  })

  it('a key over the status is one of the menu, and rates nothing', async () => {
    const fake = new FakeTicketApi({ ticketStatus: 'resolvido' })
    const { heard } = await callOnce(fake, '2 1001# 10017#1', { environment })
    expect(heard.slice(2)).toEqual(['ask-ticket', 'status.wav', 'ask-ticket'])
    expect(fake.ratings).toEqual([])
  })

  it('is asked about once: the status heard again is not, nor a ticket that has its rating', async () => {
    const fake = new FakeTicketApi({ ticketStatus: 'resolvido' })
    const { heard } = await query(fake, '3 9 1 10017#')
    expect(heard.filter((name) => name === 'ask-satisfaction')).toHaveLength(1)
    expect(heard.filter((name) => name === 'status.wav')).toHaveLength(3)
  })

  it('is thanked for although the API is away', async () => {
    const rate = (): Promise<never> => Promise.reject(new HelpdeskError('SERVICO_INDISPONIVEL'))
    const fake = new FakeTicketApi({ ticketStatus: 'resolvido', overrides: { rate } })
    const { heard } = await query(fake, '3')
    expect(heard.slice(-2)).toEqual(['satisfaction-thanks', 'after-status'])
  })

  it.each(['aberto', 'em_atendimento', 'aguardando_usuario', 'cancelado'] as const)(
    'nobody is asked about one that is %s',
    async (ticketStatus) => {
      const { heard } = await query(new FakeTicketApi({ ticketStatus }), '')
      expect(heard).not.toContain('ask-satisfaction')
    },
  )

  it('nobody is asked while the survey is off, as it is by default', async () => {
    const { heard } = await callOnce(new FakeTicketApi({ ticketStatus: 'resolvido' }), '2 1001# 10017#')
    expect(heard).not.toContain('ask-satisfaction')
  })
})

describe('after a call with a technician', () => {
  async function survey(
    keys: string,
    options: { arguments?: readonly string[]; isOn?: boolean } = {},
  ): Promise<{ fake: FakeTicketApi; call: FinishedCall }> {
    const fake = new FakeTicketApi()
    const line = await openLine(fake, [], options.isOn === false ? {} : environment)
    const { arguments: given = [] } = options
    const call = await line.telephone.call(keys, { script: 'survey', arguments: given, linkedId: '17.5' })
    await line.close()
    return { fake, call }
  }

  it('one key rates the ticket that was opened in it', async () => {
    const { fake, call } = await survey('5', { arguments: ['10017', '1001'] })
    expect(call).toMatchObject({ heard: ['ask-satisfaction', 'satisfaction-thanks'], agiStatus: 'SUCCESS' })
    expect(fake.ratings).toEqual([
      { callId: '17.5', moment: 'tecnico', score: 5, ticket: { userCode: '1001', protocol: '10017' } },
    ])
  })

  it.each([[[]], [['', '']], [['10017', '']], [['10017', 'x']]])(
    'one key rates the call when no ticket is known: %j',
    async (given) => {
      const { fake } = await survey('2', { arguments: given })
      expect(fake.ratings).toEqual([{ callId: '17.5', moment: 'tecnico', score: 2, ticket: null }])
    },
  )

  it('nobody is asked twice, whatever is keyed', async () => {
    const { fake, call } = await survey('9')
    expect(call.heard).toEqual(['ask-satisfaction'])
    expect(fake.ratings).toEqual([])
  })

  it('nobody is asked while the survey is off', async () => {
    const { call } = await survey('5', { isOn: false })
    expect(call).toMatchObject({ heard: [], agiStatus: 'SUCCESS', unusedKeys: ['5'] })
  })
})
