import { describe, expect, it } from 'vitest'
import { compileMo, parsePo } from './catalogue.ts'

describe('parsePo', () => {
  it('reads messages, translations, comments and strings that go on in the next line', () => {
    const text = [
      '# comment',
      'msgid ""',
      'msgstr ""',
      String.raw`"Language: pt_BR\n"`,
      '',
      'msgid "Say "',
      String.raw`"\"yes\""`,
      'msgstr "Diga "',
      '"sim"',
    ].join('\n')
    expect([...parsePo(text)]).toEqual([
      ['', 'Language: pt_BR\n'],
      ['Say "yes"', 'Diga sim'],
    ])
  })

  it.each([
    ['a line that it does not know', 'msgctxt "x"', 'line 1: not understood'],
    ['a text without a message', 'msgstr "x"', 'line 1: no msgid before it'],
    ['a message twice', 'msgid "a"\nmsgstr "b"\nmsgid "a"\nmsgstr "c"', '"a" comes twice'],
    ['a message without translation', 'msgid "a"\nmsgstr ""', '"a" has no translation'],
    ['a message at the end without translation', 'msgid "a"', '"a" has no translation'],
    ['quotes that do not end', 'msgid "a', 'line 1: not understood'],
  ])('refuses %s', (_, text, message) => {
    expect(() => parsePo(text)).toThrow(message)
  })
})

describe('compileMo', () => {
  it('sorts by bytes, as gettext searches', () => {
    const file = compileMo(
      new Map([
        ['é', '1'],
        ['z', '2'],
        ['Z', '3'],
      ]),
    )
    expect(file.readUInt32LE(0)).toBe(0x950412de)
    expect(file.readUInt32LE(8)).toBe(3)
    expect(file.subarray(28 + 3 * 16).toString()).toBe('Z\0z\0é\x003\x002\x001\0')
  })
})
