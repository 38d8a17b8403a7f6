import { describe, expect, it } from 'vitest'
import { maskEmailAddress, parseEmailAddress } from './email-address.ts'

describe('an e-mail address', () => {
  it.each([
    ['maria@prefeitura.example', 'maria@prefeitura.example'],
    ['  Maria.Silva+ti@Prefeitura.Example ', 'Maria.Silva+ti@prefeitura.example'],
    ['maria@correio', 'maria@correio'],
    ["o'brien_x@a-b.sp.gov.example", "o'brien_x@a-b.sp.gov.example"],
  ])('is read from "%s"', (text, address) => {
    expect(parseEmailAddress(text)).toBe(address)
  })

  it.each([
    '',
    'maria',
    'maria@',
    '@prefeitura.example',
    'maria@@prefeitura.example',
    'ma ria@prefeitura.example',
    'maria@prefeitura.example, joao@prefeitura.example',
    'Maria <maria@prefeitura.example>',
    'maria@prefeitura.example\r\nBcc: outro@example.org',
    'maria@prefeitura.example\nRCPT TO:<outro@example.org>',
    'maria..silva@prefeitura.example',
    '.maria@prefeitura.example',
    'maria@-prefeitura.example',
    'mária@prefeitura.example',
    `${'m'.repeat(65)}@prefeitura.example`,
    `maria@${'a.'.repeat(130)}example`,
  ])('is not read from %j', (text) => {
    expect(parseEmailAddress(text)).toBeNull()
  })

  it('keeps its first letter and its domain when masked', () => {
    expect(maskEmailAddress('maria@prefeitura.example')).toBe('m***@prefeitura.example')
    expect(maskEmailAddress('no address at all')).toBe('***')
  })
})
