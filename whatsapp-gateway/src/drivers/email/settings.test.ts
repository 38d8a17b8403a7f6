import { describe, expect, it } from 'vitest'
import { emailFaults, emailSettings, isLoopback } from './settings.ts'

const server = (value: string) => emailSettings.smtpServer.parse(value)
const sender = (value: string) => emailSettings.mailFrom.parse(value)

describe('GATEWAY_SMTP_URL', () => {
  it('names the server, with TLS unless it says otherwise', () => {
    expect(server('smtp://ura:s%40nha@correio.prefeitura.example')).toEqual({
      host: 'correio.prefeitura.example',
      port: 587,
      tls: 'starttls',
      login: { user: 'ura', password: 's@nha' },
    })
    expect(server('smtps://correio.prefeitura.example:4465')).toEqual({
      host: 'correio.prefeitura.example',
      port: 4465,
      tls: 'implicit',
      login: null,
    })
    expect(server('smtp://[::1]:25/?tls=off')).toMatchObject({ host: '::1', port: 25, tls: 'off' })
    expect(server('')).toBeUndefined()
  })

  it.each([
    ['https://correio.example', 'must be smtp://'],
    ['correio.example:25', 'must be smtp://'],
    ['smtp://correio.example?tls=no', 'nothing else'],
    ['smtp://correio.example/box', 'nothing else'],
    ['smtps://correio.example?tls=off', 'at once'],
    ['smtp://ura@correio.example', 'without a password'],
    ['smtp://ura:100%@correio.example', 'write %25'],
  ])('is refused as %s', (value, words) => {
    expect(() => server(value)).toThrow(words)
  })
})

describe('GATEWAY_MAIL_FROM', () => {
  it.each([
    ['suporte@prefeitura.example', { name: '', address: 'suporte@prefeitura.example' }],
    ['Suporte de TI <ti@prefeitura.example>', { name: 'Suporte de TI', address: 'ti@prefeitura.example' }],
    ['Informática, 2º andar <ti@p.example>', { name: 'Informática, 2º andar', address: 'ti@p.example' }],
  ])('is read from "%s"', (value, expected) => {
    expect(sender(value)).toEqual(expected)
  })

  it.each(['suporte', 'Suporte ti@p.example', 'Suporte\r\nBcc: x <ti@p.example>', '"S" <ti@p.example>'])(
    'is refused as %j',
    (value) => {
      expect(() => sender(value)).toThrow('must be an address')
    },
  )

  it('is needed together with the server', () => {
    const smtpServer = server('smtp://correio.example')
    expect(emailFaults({ smtpServer, mailFrom: undefined })).toEqual([
      expect.stringContaining('GATEWAY_MAIL_FROM is not set'),
    ])
    expect(emailFaults({ smtpServer, mailFrom: sender('ti@p.example') })).toEqual([])
    expect(emailFaults({ smtpServer: undefined, mailFrom: undefined })).toEqual([])
  })
})

describe('the machine itself', () => {
  it.each([
    ['127.0.0.1', true],
    ['::1', true],
    ['localhost', true],
    ['127.0.0.1.example', false],
    ['10.0.0.9', false],
  ])('%s: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected)
  })
})
