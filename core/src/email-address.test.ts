import { describe, expect, it } from 'vitest'
import { isEmailAddress, maskEmailAddress } from './email-address.ts'

describe('an e-mail address', () => {
  it.each(['joao@prefeitura.example', 'a@b', "o'neil+ti@sub.prefeitura.br", `${'x'.repeat(64)}@a.br`])(
    'is %s',
    (text) => {
      expect(isEmailAddress(text)).toBe(true)
    },
  )

  it.each([
    '',
    'joao',
    '@prefeitura.br',
    'joao@',
    'joão@prefeitura.br',
    'joao@prefeitura..br',
    'joao@-prefeitura.br',
    'a@b.br, c@d.br',
    'João <joao@prefeitura.br>',
    'a@b.br\r\nBcc: c@d.br',
    `${'x'.repeat(65)}@a.br`,
    `a@${'x'.repeat(60)}.${'x'.repeat(60)}.${'x'.repeat(60)}.${'x'.repeat(60)}.${'x'.repeat(20)}`,
  ])('is not %j', (text) => {
    expect(isEmailAddress(text)).toBe(false)
  })
})

describe('a masked e-mail address', () => {
  it('keeps its first character and its domain', () => {
    expect(maskEmailAddress('joao.silva@prefeitura.example')).toBe('j***@prefeitura.example')
  })

  it('keeps nothing of what is no address', () => {
    expect(maskEmailAddress('segredo')).toBe('***')
  })
})
