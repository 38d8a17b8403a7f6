import type { FinishedCall, TelephoneOptions } from '@ura/agi/testing/telephone'
import { createClient } from '@ura/api/authentication/client-repository'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HelpdeskSystem } from '../support/helpdesk-system.ts'
import { ScriptedGateway, type ScriptedDelivery } from '../support/scripted-gateway.ts'

/** Whole calls through FastAGI server and API; the gateway says what the test tells it to. */
let gateway: ScriptedGateway
let system: HelpdeskSystem

beforeEach(async () => {
  gateway = await ScriptedGateway.start()
  system = await HelpdeskSystem.start({ environment: { GATEWAY_URL: gateway.url } })
  await setUser('1001', { email: 'joao@prefeitura.example' })
})
afterEach(async () => {
  await system.stop()
  await gateway.stop()
})

async function setUser(code: string, fields: { email?: string; notices?: number }): Promise<void> {
  await system.api.db.updateTable('users').set(fields).where('code', '=', code).execute()
}

function call(keys: string, options: TelephoneOptions = {}): Promise<FinishedCall> {
  return system.telephone.call(keys, { newestCode: gateway.newestCode, ...options })
}

/** A technician's program. */
async function signIn(): Promise<string> {
  const networks = ['127.0.0.0/8']
  const agent = { name: 'painel', networks, role: 'agent', now: new Date() } as const
  const token = await createClient(system.api.db, agent)
  const answer = await fetch(`${system.apiUrl}/api/autenticar_sessao`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  })
  return ((await answer.json()) as { sessao: string }).sessao
}

/** What was heard about the code. */
function aboutTheCode(heard: readonly string[]): string[] {
  return heard.filter((name) => /^(access-code-|no-input|too-many|transferring|goodbye)/.test(name))
}

const whatsappFailed = (fallback: ScriptedDelivery['fallback']): ScriptedDelivery => {
  return { channel: 'whatsapp', state: 'failed', fallback }
}

describe('the access code', () => {
  it('reaches who has an e-mail alone, and so does the protocol', async () => {
    const { heard } = await call('1 1006# {code} 1 2 2')
    expect(aboutTheCode(heard)).toEqual(['access-code-sent-by-email'])
    expect(heard.at(-1)).toBe('after-ticket-by-email')
    await expect.poll(() => gateway.taken.length).toBe(2)
    expect(gateway.taken[0]).toEqual({
      email: 'teresa@prefeitura.example',
      otp: { code: await gateway.newestCode(), expiresAt: expect.any(String) },
    })
    expect(gateway.taken[1]).toEqual({
      email: 'teresa@prefeitura.example',
      message: expect.stringContaining('Chamado 10017 aberto'),
    })
  })

  it('that goes by e-mail because WhatsApp failed is announced, and opens the ticket', async () => {
    gateway.delivery = whatsappFailed({ channel: 'email', state: 'sent' })
    const { heard } = await call('1 1001# - {code} 1 2 2')
    expect(aboutTheCode(heard)).toEqual(['access-code-sent', 'access-code-sent-by-email'])
    expect(heard.at(-1)).toBe('after-ticket')
    expect(gateway.taken[0]).toMatchObject({ phone: '+5545999990001', email: 'joao@prefeitura.example' })
  })

  it.each([
    ['both ways', whatsappFailed({ channel: 'email', state: 'failed' })],
    ['the only way', whatsappFailed(null)],
  ])('that failed %s leads to a technician and to no ticket', async (_what, delivery) => {
    gateway.delivery = delivery
    const { heard, variables } = await call('1 1001# -', { linkedId: '17.1' })
    expect(aboutTheCode(heard)).toEqual(['access-code-sent', 'access-code-undeliverable', 'transferring'])
    expect(variables).toMatchObject({ URA_NEXT: 'queue', URA_DISPLAY: '1001 não confirmado' })
    expect(await system.api.db.selectFrom('tickets').select('id').execute()).toEqual([])
  })

  it('is asked for as ever when the gateway has gone meanwhile', async () => {
    const goes = async (): Promise<string | null> => {
      const code = await gateway.newestCode()
      await gateway.stop()
      return code
    }
    let code: string | null = null
    const { heard } = await call('1 1001# - {code}', {
      newestCode: async () => code,
      hears: async (file) => {
        if (file === 'ura/ask-access-code') {
          code ??= await goes()
        }
      },
    })
    expect(aboutTheCode(heard)).toEqual(['access-code-sent', 'no-input'])
    expect(heard.at(-1)).toBe('confirm-name-after')
  })

  it('is asked for as ever when the gateway says nothing of it, about a second later', async () => {
    gateway.delivery = null
    const { heard } = await call('1 1001# - {code}')
    expect(aboutTheCode(heard)).toEqual(['access-code-sent', 'no-input'])
    expect(heard.at(-1)).toBe('confirm-name-after')
  })

  it('and the addresses are in no log', async () => {
    await call('1 1001# - {code} 1 2 2')
    const log = system.logLines.join('')
    expect(log).not.toContain('joao@')
    expect(log).not.toContain('5545999990001')
  })
})

describe('who wants no notices', () => {
  it('hears the protocol alone and gets a code, but no message', async () => {
    await setUser('1001', { notices: 0 })
    const { heard } = await call('1 1001# {code} 1 2 2')
    expect(heard.at(-1)).toBe('after-ticket-unsent')
    expect(gateway.taken.map(({ otp }) => otp !== undefined)).toEqual([true])
  })
})

describe('a change of status', () => {
  it('is told as a notice that a newer one may replace', async () => {
    await call('1 1001# {code} 1 2 2')
    await expect.poll(() => gateway.taken.length).toBe(2)
    const session = await signIn()
    const answer = await fetch(`${system.apiUrl}/api/v1/tickets/10017`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${session}`, 'content-type': 'application/json', 'if-match': '*' },
      body: JSON.stringify({ status: 'resolvido' }),
    })
    expect(answer.status).toBe(200)
    await expect.poll(() => gateway.taken.length).toBe(3)
    expect(gateway.taken.slice(1)).toMatchObject([
      { message: expect.stringContaining('aberto') },
      { message: expect.stringContaining('resolvido'), purpose: 'notice', topic: 'ticket-10017' },
    ])
    expect(gateway.taken[1]).not.toHaveProperty('purpose')
  })
})
