import { describe, expect, it } from 'vitest'
import { messageText } from './message-text.ts'

describe('the console driver', () => {
  it('words an access code in Portuguese, with its expiry in local time', () => {
    const content = { kind: 'otp', code: '1234', expiresAt: new Date('2026-03-10T17:35:00Z') } as const
    expect(messageText(content, 'America/Sao_Paulo')).toBe(
      'Seu código de acesso é 1234. Ele vale até 14:35. Não o informe a ninguém.',
    )
  })

  it('leaves a text as it is', () => {
    expect(messageText({ kind: 'text', text: 'Chamado 10017 aberto.' }, 'UTC')).toBe('Chamado 10017 aberto.')
  })
})
