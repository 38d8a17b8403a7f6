import { describe, expect, it } from 'vitest'
import { ConfigurationError, describeConfiguration, readConfiguration } from './configuration.ts'
import {
  choice,
  flag,
  httpUrl,
  integer,
  networks,
  optional,
  port,
  secret,
  text,
  timeZone,
} from './settings.ts'

const settings = {
  port: port('API_PORT', { default: 3000, description: 'port of the API' }),
  token: secret('API_TOKEN', { description: 'token' }),
  level: choice('LEVEL', { default: 'info', words: ['info', 'debug'], description: 'level' }),
  url: httpUrl('URL_OF_API', { default: 'http://127.0.0.1:3000/', description: 'url' }),
  allowed: networks('ALLOWED', { default: '127.0.0.0/8,::1/128', description: 'networks' }),
  zone: timeZone('ZONE', { default: 'America/Sao_Paulo', description: 'zone' }),
  name: text('NAME', { default: 'x', description: 'name' }),
  tries: integer('TRIES', { default: 3, min: 1, max: 9, description: 'tries' }),
  samples: flag('SAMPLES', { description: 'samples' }),
  adminToken: optional(secret('ADMIN_TOKEN', { description: 'token that may be unset' })),
}
const token = 'a-token-of-many-characters'

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfiguration(settings, { API_TOKEN: token, ...environment })
    return []
  } catch (error) {
    return error instanceof ConfigurationError ? error.faults : [`another error: ${String(error)}`]
  }
}

describe('configuration', () => {
  it('takes defaults for what is unset or empty and freezes the result', () => {
    const config = readConfiguration(settings, { API_TOKEN: token, API_PORT: '', TRIES: ' 5 ' })
    expect(config).toMatchObject({
      port: 3000,
      tries: 5,
      level: 'info',
      url: 'http://127.0.0.1:3000',
      allowed: ['127.0.0.0/8', '::1/128'],
      samples: false,
      adminToken: undefined,
    })
    expect(Object.isFrozen(config)).toBe(true)
  })

  it('reads a flag as true or false, also one that is true by default', () => {
    const isOn = flag('ON', { description: 'on', default: true })
    const read = (environment: Record<string, string>): boolean =>
      readConfiguration({ isOn }, environment).isOn
    expect([read({}), read({ ON: 'false' }), read({ ON: 'true' })]).toEqual([true, false, true])
  })

  it('takes an optional setting as the setting itself once it is set', () => {
    expect(readConfiguration(settings, { API_TOKEN: token, ADMIN_TOKEN: token }).adminToken).toBe(token)
  })

  it('tells what settings that are right alone are wrong together', () => {
    const read = (level: string): unknown =>
      readConfiguration(settings, { API_TOKEN: token, LEVEL: level }, (config) =>
        config.level === 'debug' && !config.samples ? ['LEVEL: debug needs SAMPLES'] : [],
      )
    expect(read('info')).toMatchObject({ level: 'info' })
    expect(() => read('debug')).toThrow('LEVEL: debug needs SAMPLES')
    // Nothing is compared with a value that could not be read.
    expect(() => read('loud')).toThrow(/^(?!.*SAMPLES).*LEVEL/s)
  })

  it('tells all faults in one message', () => {
    const attempt = (): unknown => readConfiguration(settings, { API_PORT: '70000', LEVEL: 'loud' })
    expect(attempt).toThrow(/3 fault\(s\)/)
    expect(attempt).toThrow(/API_PORT must be a whole number from 0 to 65535/)
    expect(attempt).toThrow(/LEVEL must be one of: info, debug/)
    expect(attempt).toThrow(/API_TOKEN is not set: token/)
  })

  it.each([
    ['API_PORT', '3000x'],
    ['API_PORT', '-1'],
    ['TRIES', '1.5'],
    ['TRIES', '0x3'],
    ['URL_OF_API', 'ftp://x'],
    ['URL_OF_API', 'localhost:3000'],
    ['ALLOWED', '10.0.0.0/33'],
    ['ALLOWED', '10.0.0.0/8,,'],
    ['ALLOWED', 'everyone'],
    ['ZONE', 'Brazil/Nowhere'],
    ['NAME', 'x'.repeat(2_001)],
    ['SAMPLES', 'yes'],
    ['API_TOKEN', 'x'.repeat(501)],
    ['ADMIN_TOKEN', 'x'.repeat(15)],
    ['API_TOKEN', 'a token of many words'],
    ['API_TOKEN', 'senha-de-manutenção'],
    ['API_TOKEN', 'a-token-with\ta-tab-inside'],
    ['ADMIN_TOKEN', 'a-token-with\u0000-a-zero'],
  ])('refuses %s=%s', (variable, value) => {
    const faults = faultsOf({ [variable]: value })
    expect(faults).toHaveLength(1)
    expect(faults[0]).toContain(variable)
  })

  it('never shows a secret, neither in a fault nor when described', () => {
    for (const bad of ['short-secret', 'a secret of many words']) {
      const [fault] = faultsOf({ API_TOKEN: bad })
      expect(fault).toContain('API_TOKEN')
      expect(fault).not.toContain(bad)
    }
    const optionalToken = 'another-token-of-many-characters'
    const environment = { API_TOKEN: token, ADMIN_TOKEN: optionalToken }
    const shown = JSON.stringify(describeConfiguration(settings, environment))
    expect(shown).not.toContain(token)
    expect(shown).not.toContain(optionalToken)
    expect(shown).toContain('********')
  })

  it('tells where each value comes from', () => {
    const rows = describeConfiguration(settings, { TRIES: '4' })
    const origin = (variable: string): string | undefined =>
      rows.find((row) => row.variable === variable)?.origin
    expect([origin('TRIES'), origin('LEVEL'), origin('API_TOKEN')]).toEqual([
      'environment',
      'default',
      'missing',
    ])
  })
})
