import { describe, expect, it } from 'vitest'
import { databaseUrlOf, readApiConfiguration } from './config.ts'

const needed = { API_SECRET: 'secret-of-the-tests', GATEWAY_TOKEN: 'token-of-the-gateway' }

describe('the configuration', () => {
  it('needs the two secrets alone', () => {
    const config = readApiConfiguration(needed)
    expect(config).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      publicUrl: undefined,
      firstClientToken: undefined,
      trustedProxies: undefined,
      sampleUsers: false,
      accessCodeDigits: 4,
      speechSampleRateHz: 8000,
    })
    expect(databaseUrlOf(config)).toBe('sqlite:./data/helpdesk.sqlite')
  })

  it.each([
    ['DATABASE_URL', 'mysql://localhost/x'],
    ['ACCESS_CODE_DIGITS', '3'],
    ['HELPDESK_API_TOKEN', 'short'],
    ['TRUSTED_PROXIES', '10.0.0.0/99'],
    ['SAMPLE_USERS', 'yes'],
    ['SPEECH_SAMPLE_RATE', '11025'],
    ['API_SECRET', ''],
  ])('refuses %s=%s by name', (variable, value) => {
    expect(() => readApiConfiguration({ ...needed, [variable]: value })).toThrow(variable)
  })
})
