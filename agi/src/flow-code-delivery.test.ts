import { setTimeout as pause } from 'node:timers/promises'
import { HelpdeskError } from '@ura/core/errors'
import type { CodeStatusAnswer, MessageChannel } from '@ura/core/ticket-api/schemas'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import { describe, expect, it } from 'vitest'
import { FakeTicketApi } from './testing/fake-ticket-api.ts'
import { callOnce, openLine } from './testing/test-call.ts'

/** A ticket API whose codes go by `channel` and fare as `told`, one answer after another, the last one for ever. */
function withDelivery(
  told: readonly Omit<CodeStatusAnswer, 'status'>[],
  channels: readonly MessageChannel[] = ['whatsapp'],
) {
  const [answers, ways] = [[...told], [...channels]]
  const asked: string[] = []
  const next = <T>(list: T[]): T | undefined => (list.length > 1 ? list.shift() : list[0])
  const overrides: Partial<TicketApi> = {
    requestAccessCode: async () => {
      const canal = next(ways) ?? 'whatsapp'
      return { status: true, canal, enviado_para: '…', expira_em: '2026-01-01T00:00:00Z', digitos: 4 }
    },
    accessCodeStatus: async ({ userCode, callId }) => {
      asked.push(`${userCode} ${callId}`)
      const answer = next(answers)
      if (answer === undefined) {
        throw new HelpdeskError('SERVICO_INDISPONIVEL')
      }
      return { status: true, ...answer }
    },
  }
  return { overrides, asked }
}

const onItsWay = { situacao: 'a_caminho', canal: 'whatsapp' } as const
const byEmail = { situacao: 'a_caminho', canal: 'email' } as const
const failed = { situacao: 'falhou', canal: 'email' } as const

/** What was heard since the registration code. */
function story(heard: readonly string[]): readonly string[] {
  return heard.slice(heard.indexOf('ask-registration') + 1)
}

describe('a caller whose code', () => {
  it('goes by e-mail is told to look there', async () => {
    const { overrides, asked } = withDelivery([], ['email'])
    const { heard } = await callOnce(new FakeTicketApi({ overrides }), '1 1001# 4821 1')
    expect(story(heard).slice(0, 2)).toEqual(['access-code-sent-by-email', 'ask-access-code'])
    expect(heard).toContain('confirm-name-after')
    expect(asked).toEqual([])
  })

  it('went by e-mail meanwhile is told so once and asked again, which costs no try', async () => {
    const { overrides, asked } = withDelivery([onItsWay, byEmail])
    const fake = new FakeTicketApi({ overrides, open: false })
    const { heard } = await callOnce(fake, '1 1001# - - - - -', { linkedId: '17.5' })
    expect(story(heard)).toEqual([
      'access-code-sent',
      'ask-access-code',
      'no-input',
      'ask-access-code',
      'access-code-sent-by-email',
      'ask-access-code',
      'no-input',
      'ask-access-code',
      'no-input',
      'too-many-tries',
      'goodbye',
    ])
    expect(new Set(asked)).toEqual(new Set(['1001 17.5']))
  })

  it('can still be keyed after that', async () => {
    const { overrides } = withDelivery([byEmail])
    const { heard } = await callOnce(new FakeTicketApi({ overrides }), '1 1001# - - - 4821 1 2 1')
    expect(heard.at(-1)).toBe('after-ticket')
  })

  it.each([
    [true, 'transferring', 'queue'],
    [false, 'goodbye', 'hangup'],
  ])('failed everywhere is told so; technicians there: %s', async (open, last, next) => {
    const { overrides } = withDelivery([failed])
    const fake = new FakeTicketApi({ overrides, open })
    const { heard, variables } = await callOnce(fake, '1 1001# -')
    expect(story(heard)).toEqual(['access-code-sent', 'ask-access-code', 'access-code-undeliverable', last])
    expect(variables['URA_NEXT']).toBe(next)
    expect(fake.asked.map(([method]) => method)).not.toContain('verifyAccessCode')
  })

  it('failed after the third silence hears that, not that there were too many tries', async () => {
    const { overrides } = withDelivery([onItsWay, onItsWay, failed])
    const { heard } = await callOnce(new FakeTicketApi({ overrides }), '1 1001# - - -')
    expect(heard.slice(-2)).toEqual(['access-code-undeliverable', 'transferring'])
  })

  it.each([
    ['arrived', [{ situacao: 'entregue', canal: 'whatsapp' }]],
    ['is on its way', [onItsWay]],
    ['is lost from sight', [{ situacao: 'desconhecida', canal: 'email' }]],
    ['can not be asked for', []],
  ] as const)('%s hears what it heard before', async (_what, told) => {
    const { overrides } = withDelivery(told)
    const { heard } = await callOnce(new FakeTicketApi({ overrides, open: false }), '1 1001# - - -')
    const again = ['ask-access-code', 'no-input']
    expect(story(heard)).toEqual([
      'access-code-sent',
      ...again,
      ...again,
      ...again,
      'too-many-tries',
      'goodbye',
    ])
  })

  it('is new hears where it went when that is elsewhere', async () => {
    const { overrides } = withDelivery([], ['whatsapp', 'whatsapp', 'email'])
    const { heard } = await callOnce(new FakeTicketApi({ overrides }), '1 1001# * * 4821 1')
    expect(story(heard).slice(2, 7)).toEqual([
      'access-code-resent',
      'ask-access-code',
      'access-code-resent',
      'access-code-sent-by-email',
      'ask-access-code',
    ])
  })

  it('is asked about only when nothing was keyed', async () => {
    const { overrides, asked } = withDelivery([failed])
    const { heard } = await callOnce(new FakeTicketApi({ overrides }), '1 1001# 1111 4821 1')
    expect(heard).toContain('wrong-access-code')
    expect(asked).toEqual([])
  })
})

describe('an answer about the code that never comes', () => {
  const never: TicketApi['accessCodeStatus'] = (_request, signal) =>
    new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('too late'))))

  it('costs the caller about a second', async () => {
    const line = await openLine(new FakeTicketApi({ overrides: { accessCodeStatus: never } }))
    const at: Record<string, number> = {}
    const caller = line.telephone.dial({
      hears: (file) => void (at[file] ??= performance.now()),
      asked: ({ lastFiles, timeoutMs }) => {
        const last = lastFiles.at(-1)
        if (timeoutMs >= 1_000 && last === 'ura/ask-access-code') {
          at['silence'] ??= performance.now()
        }
        return last === 'ura/main-menu' ? '1' : last === 'ura/ask-registration' ? '1001#' : null
      },
    })
    while (at['ura/no-input'] === undefined) {
      await pause(5)
    }
    caller.hangup()
    await caller.ended
    expect((at['ura/no-input'] ?? 0) - (at['silence'] ?? 0)).toBeLessThan(2_500)
  })

  it('loses no digit that is keyed while it is waited for', async () => {
    const line = await openLine(new FakeTicketApi({ overrides: { accessCodeStatus: never } }))
    const heard: string[] = []
    const keys = ['4821']
    let isSilent = false
    const caller = line.telephone.dial({
      hears: (file) => void heard.push(file),
      asked: ({ lastFiles, timeoutMs }) => {
        const last = lastFiles.at(-1)
        if (last === 'ura/main-menu' || last === 'ura/ask-registration') {
          return last === 'ura/main-menu' ? '1' : '1001#'
        }
        const isQuestion = timeoutMs >= 1_000
        isSilent ||= isQuestion && last === 'ura/ask-access-code'
        return isSilent && !isQuestion ? (keys.shift() ?? null) : null
      },
    })
    while (!heard.includes('ura/confirm-name-after')) {
      await pause(5)
    }
    caller.hangup()
    await caller.ended
    expect(heard).not.toContain('ura/wrong-access-code')
  })
})

describe('after a ticket', () => {
  it.each([
    ['whatsapp', 'after-ticket'],
    ['email', 'after-ticket-by-email'],
    [null, 'after-ticket-unsent'],
    [undefined, 'after-ticket'],
  ] as const)('whose protocol goes by %s the caller hears %s', async (aviso, last) => {
    const openTicket: TicketApi['openTicket'] = async () => ({
      status: true,
      protocolo: '10017',
      ...(aviso !== undefined && { aviso }),
      url: null,
      nome_audio: null,
    })
    const { heard } = await callOnce(new FakeTicketApi({ overrides: { openTicket } }), '1 1001# 4821 1 2 1')
    expect(heard.at(-1)).toBe(last)
  })
})
