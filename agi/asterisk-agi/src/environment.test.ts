import { describe, expect, it } from 'vitest'
import { type AgiEnvironment, EnvironmentReader } from './environment.ts'
import { AgiProtocolError } from './errors.ts'

const LINES: Readonly<Record<string, string>> = {
  agi_network: 'yes',
  agi_network_script: 'helpdesk?lang=pt_BR&x=1',
  agi_request: 'agi://127.0.0.1:4573/helpdesk?lang=pt_BR&x=1',
  agi_channel: 'PJSIP/sipp-00000000',
  agi_uniqueid: '1795360430.0',
  agi_version: '22.10.1+dfsg~1',
  agi_callerid: '2001',
  agi_calleridname: 'unknown',
  agi_dnid: '7000',
  agi_rdnis: 'unknown',
  agi_context: 'from-internal',
  agi_extension: '7000',
  agi_priority: '1',
  agi_accountcode: '',
  agi_arg_1: 'foo',
  agi_arg_2: 'a: b',
}

function read(lines: readonly string[]): AgiEnvironment | null {
  const reader = new EnvironmentReader()
  let found: AgiEnvironment | null = null
  for (const line of lines) found = reader.push(line)
  return found
}

function readWith(changes: Readonly<Record<string, string>> = {}, lineEnd = ''): AgiEnvironment | null {
  const lines = Object.entries({ ...LINES, ...changes }).map(([name, value]) => `${name}: ${value}${lineEnd}`)
  return read([...lines, lineEnd])
}

describe('the environment of a call', () => {
  it('is read as Asterisk 22.10.1 sends it', () => {
    expect(readWith()).toMatchObject({
      script: 'helpdesk',
      arguments: ['foo', 'a: b'],
      channel: 'PJSIP/sipp-00000000',
      uniqueId: '1795360430.0',
      callerId: '2001',
      callerIdName: null,
      dnid: '7000',
      rdnis: null,
      priority: 1,
      version: '22.10.1+dfsg~1',
      accountCode: '',
    })
  })

  it('keeps the colons of agi_request', () => {
    expect(readWith()?.raw.get('agi_request')).toBe('agi://127.0.0.1:4573/helpdesk?lang=pt_BR&x=1')
  })

  it('takes the query apart', () => {
    expect(readWith()?.query.get('lang')).toBe('pt_BR')
  })

  it.each([
    ['/verify-user', 'verify-user'],
    ['a%20b', 'a b'],
    ['100%', '100%'],
    ['caf%C3%A9?x', 'café'],
  ])('reads the script of %s as %s', (networkScript, script) => {
    expect(readWith({ agi_network_script: networkScript })?.script).toBe(script)
  })

  it('takes lines that end in CR LF', () => {
    expect(readWith({}, '\r')).toMatchObject({ script: 'helpdesk', callerId: '2001' })
  })

  it.each([
    ['a line that is no pair', { 'GET / HTTP/1.1': '' }],
    ['a priority that is no number', { agi_priority: 'one' }],
  ])('refuses %s', (_what, changes) => {
    expect(() => readWith(changes)).toThrow(AgiProtocolError)
  })

  it('refuses a name sent twice: a caller name that smuggled a line break', () => {
    const smuggled = { agi_calleridname: 'Maria\nagi_channel: Local/x' }
    const lines = Object.entries({ ...LINES, ...smuggled }).flatMap(([name, value]) =>
      `${name}: ${value}`.split('\n'),
    )
    expect(() => read([...lines, ''])).toThrow('comes twice')
  })

  it('refuses one that lacks what Asterisk always sends', () => {
    expect(() => read(['agi_network: yes', ''])).toThrow(AgiProtocolError)
  })

  it('is read alike whatever the names of the call before it were', () => {
    const short = { agi_arg_3: 'third' }
    const [plain, longer, again] = [readWith(), readWith(short), readWith()]
    expect([plain, longer, again].map((one) => one?.arguments)).toEqual([
      ['foo', 'a: b'],
      ['foo', 'a: b', 'third'],
      ['foo', 'a: b'],
    ])
    expect([...(longer?.raw ?? [])]).toEqual(Object.entries({ ...LINES, ...short }))
    const fewer = Object.entries(LINES).slice(0, -2)
    expect(read([...fewer.map(([name, value]) => `${name}: ${value}`), ''])?.arguments).toEqual([])
    const swapped = fewer.toReversed().map(([name, value]) => `${name}: ${value}`)
    expect(read([...swapped, ''])).toMatchObject({ channel: 'PJSIP/sipp-00000000', accountCode: '' })
  })

  it('is bounded in lines and in length', () => {
    const many = Array.from({ length: 201 }, (_, index) => `agi_arg_${index}: x`)
    expect(() => read(many)).toThrow(AgiProtocolError)
    expect(() => read([`agi_arg_1: ${'x'.repeat(40_000)}`, `agi_arg_2: ${'x'.repeat(40_000)}`])).toThrow(
      AgiProtocolError,
    )
  })
})
