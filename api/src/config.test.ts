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

  it.each([
    ['api-gateway', {}, ['SPEECH_URL', 'SPEECH_API_KEY']],
    ['api-gateway', { SPEECH_URL: 'https://x.example/v1' }, ['SPEECH_API_KEY']],
    ['lambda', {}, ['SPEECH_FUNCTION', 'AWS_REGION']],
    ['lambda', { AWS_REGION: 'sa-east-1' }, ['SPEECH_FUNCTION']],
  ])('names what SPEECH_SYNTHESIZER=%s needs beside %j', (way, environment, missing) => {
    const read = () => readApiConfiguration({ ...needed, SPEECH_SYNTHESIZER: way, ...environment })
    for (const variable of missing) expect(read).toThrow(`${variable}: `)
  })

  it.each(['http://x.example/v1', 'http://10.0.0.5/v1', 'http://127.0.0.1.x.example', 'http://0.0.0.0:8080'])(
    'refuses SPEECH_URL=%s, over which key and names could be read, in words that say so',
    (SPEECH_URL) => {
      expect(() => readApiConfiguration({ ...needed, SPEECH_URL })).toThrow(
        /SPEECH_URL.* must begin with https:\/\/.*API key/,
      )
    },
  )

  it.each(['http://127.0.0.1:9000', 'http://127.8.9.1', 'http://localhost:9000/v1', 'http://[::1]:9000'])(
    'takes SPEECH_URL=%s, which is this machine',
    (SPEECH_URL) => {
      expect(readApiConfiguration({ ...needed, SPEECH_URL }).speechUrl).toBe(SPEECH_URL)
    },
  )

  it.each([
    ['api-gateway', { SPEECH_URL: 'https://x.example/v1', SPEECH_API_KEY: 'k'.repeat(20) }],
    ['api-gateway', { SPEECH_URL: 'https://x.example/v1', AWS_REGION: 'sa-east-1' }],
    ['lambda', { SPEECH_FUNCTION: 'synthesize-speech', AWS_REGION: 'sa-east-1' }],
  ])('takes SPEECH_SYNTHESIZER=%s with %j', (way, environment) => {
    const config = readApiConfiguration({ ...needed, SPEECH_SYNTHESIZER: way, ...environment })
    expect(config.speechSynthesizer).toBe(way)
  })
})
