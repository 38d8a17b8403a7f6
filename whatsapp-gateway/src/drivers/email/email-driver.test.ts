import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { rootCertificates } from 'node:tls'
import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemTimers } from '../../outbox/timers.ts'
import { eventually } from '../../testing/eventually.ts'
import {
  cut,
  startScriptedServer,
  startSmtpServer,
  testCertificate,
} from '../../testing/smtp-server-under-test.ts'
import { NotSentError, type OutgoingMessage } from '../driver.ts'
import { EmailDriver, type EmailDriverOptions } from './email-driver.ts'
import type { SmtpServer } from './settings.ts'
import { SmtpFault } from './smtp-session.ts'

const login = { user: 'ura', password: 'secret-of-mail' }
const code: OutgoingMessage = {
  id: '0b8a7c1e-0000-4000-8000-000000000001',
  to: 'maria@prefeitura.example',
  content: { kind: 'otp', code: '48213579', expiresAt: new Date('2026-03-10T17:35:00Z') },
}

const patient = { connectMs: 10_000, answerMs: 10_000, beforeDataMs: 15_000 }

function start(server: Partial<SmtpServer> & { port: number }, options: Partial<EmailDriverOptions> = {}) {
  const logLines: string[] = []
  const driver = new EmailDriver({
    server: { host: '127.0.0.1', tls: 'starttls', login, ...server },
    from: { name: 'Suporte de TI', address: 'suporte@prefeitura.example' },
    timeZone: 'America/Sao_Paulo',
    clock: systemClock,
    timers: systemTimers,
    log: createLogger({
      service: 'test',
      level: 'trace',
      destination: { write: (line) => void logLines.push(line) },
    }),
    certificateAuthority: testCertificate,
    timeouts: patient,
    ...options,
  })
  onTestFinished(() => driver.stop())
  const changes: string[] = []
  const begin = () =>
    driver.start({
      connectionChanged: () => void changes.push(driver.state().state),
      deliveryReported: () => {},
      messageReceived: async () => {},
    })
  const send = (message = code) => driver.send(message, new AbortController().signal)
  const fault = (message = code): Promise<Error | null> =>
    send(message).then(
      () => null,
      (error: Error) => error,
    )
  return { driver, begin, send, fault, changes, logLines }
}

/** Only where the wait is what is tested: on a busy machine everything may be late. */
const short = { connectMs: 150, answerMs: 150, beforeDataMs: 400 }

/** A server that takes everything up to a line, whose reply is the test's. */
const scripted = (step: RegExp, reply: string | null | typeof cut) => {
  let inMail = false
  return startScriptedServer((line) => {
    if (inMail) {
      inMail = line !== '.'
      return line === '.' ? (step.test('.') ? reply : '250 taken') : null
    }
    if (step.test(line)) {
      return reply
    }
    inMail = line === 'DATA'
    return line === ''
      ? '220 ready'
      : line === 'DATA'
        ? '354 go on'
        : line.startsWith('EHLO')
          ? '250 test'
          : '250 ok'
  })
}

describe('a mail', () => {
  it('is sent encrypted and after the login, its code in the body and nowhere else', async () => {
    const server = await startSmtpServer()
    const { send } = start(server)
    expect(await send()).toEqual({ providerId: `<${code.id}@prefeitura.example>` })
    const [mail] = server.mails
    expect(mail).toMatchObject({
      from: 'suporte@prefeitura.example',
      to: ['maria@prefeitura.example'],
      isEncrypted: true,
      user: 'ura',
    })
    const [header = ''] = mail?.source.split('\r\n\r\n') ?? []
    expect(header).not.toContain('48213579')
    expect(header).toMatch(/^From: Suporte de TI <suporte@prefeitura\.example>$/m)
    expect(header).toMatch(/^Content-Type: text\/plain; charset=utf-8$/m)
    expect(header).toMatch(/^Auto-Submitted: auto-generated$/m)
    expect(header).toMatch(/^Message-ID: <0b8a7c1e-0000-4000-8000-000000000001@prefeitura\.example>$/m)
    expect(mail?.text).toContain('Seu código de acesso é 48213579. Ele vale até 14:35.')
  })

  it('carries a text as it is, with accents and lines of its own, and none of it in the header', async () => {
    const server = await startSmtpServer()
    const { send } = start({ ...server, login: null })
    const text = 'Chamado 10017: "em atendimento" – João\nBcc: outro@example.org\n.\nFim'
    await send({ ...code, content: { kind: 'text', text } })
    const [mail] = server.mails
    expect(mail?.to).toEqual(['maria@prefeitura.example'])
    expect(mail?.text.replaceAll('\r\n', '\n')).toContain(text)
    expect(mail?.source.split('\r\n\r\n')[0]).not.toMatch(/^Bcc/im)
  })

  it('goes by TLS from the first byte to smtps://', async () => {
    const server = await startSmtpServer({ isImplicitTls: true })
    await start({ ...server, tls: 'implicit' }).send()
    expect(server.mails).toMatchObject([{ isEncrypted: true }])
  })

  it('goes in the clear only when that was said', async () => {
    const server = await startSmtpServer({ offersTls: false })
    const refused = await start(server).fault()
    expect(refused).toMatchObject({ reason: 'smtp_tls', retryable: true, untilDeadline: true })
    expect(server.mails).toEqual([])
    await start({ ...server, tls: 'off' }).send()
    expect(server.mails).toMatchObject([{ isEncrypted: false }])
  })

  it.each(['starttls', 'implicit'] as const)(
    'never goes to a server whose certificate nobody vouches for (%s)',
    async (tls) => {
      const server = await startSmtpServer({ isImplicitTls: tls === 'implicit' })
      const { driver, begin, fault } = start(
        { ...server, tls },
        { certificateAuthority: rootCertificates[0] ?? '' },
      )
      await begin()
      expect(await fault()).toMatchObject({ reason: 'smtp_tls', retryable: true })
      expect(driver.state().state).toBe('logged_out')
      expect(server.mails).toEqual([])
    },
  )
})

describe('a fault of the server', () => {
  it.each([
    ['the recipient is put off', { recipient: 450 }, 'smtp_450', true],
    ['the recipient is unknown', { recipient: 550 }, 'smtp_550', false],
    ['the sender is refused', { sender: 553 }, 'smtp_553', false],
    ['the mail itself is put off', { data: 451 }, 'smtp_451', true],
    ['the mail itself is refused', { data: 554 }, 'smtp_554', false],
  ] as const)('%s: surely unsent', async (_, refusals, reason, retryable) => {
    const server = await startSmtpServer()
    const { driver, begin, fault } = start(server)
    await begin()
    server.refuse(refusals)
    expect(await fault()).toBeInstanceOf(NotSentError)
    expect(await fault()).toMatchObject({ reason, retryable })
    expect(driver.state().state).toBe('connected')
    expect(server.mails).toEqual([])
  })

  it.each([
    ['a greeting that never comes', /^$/, null, 'smtp_timeout'],
    ['a greeting of 421', /^$/, '421 too many', 'smtp_421'],
    ['a greeting of 554, which is about no mail', /^$/, '554 no service', 'smtp_554'],
    ['a connection cut at the greeting', /^$/, cut, 'smtp_connection'],
    ['a server that closes amid the mail', /^RCPT/, '421 closing', 'smtp_421'],
    ['a connection cut at RCPT', /^RCPT/, cut, 'smtp_connection'],
    ['a connection cut at DATA', /^DATA$/, cut, 'smtp_connection'],
    ['no answer to DATA', /^DATA$/, null, 'smtp_timeout'],
  ] as const)('%s: surely unsent, tried again until the deadline', async (_, step, reply, reason) => {
    const { port } = await scripted(step, reply)
    const timeouts = reply === null ? short : patient
    const { driver, begin, fault } = start({ port, tls: 'off', login: null }, { timeouts })
    await begin()
    expect(await fault()).toMatchObject({
      name: 'NotSentError',
      reason,
      retryable: true,
      untilDeadline: true,
    })
    await eventually(() => driver.state().state).toMatch(/degraded|connected/)
  })

  it.each([
    ['connection', cut],
    ['timeout', null],
  ] as const)('an answer to the mail that never comes (%s) leaves it unknown', async (kind, reply) => {
    const { port, lines } = await scripted(/^\.$/, reply)
    const timeouts = { ...patient, answerMs: reply === null ? 1_000 : patient.answerMs }
    const { fault } = start({ port, tls: 'off', login: null }, { timeouts })
    const error = await fault()
    expect(error).toBeInstanceOf(SmtpFault)
    expect(error).toMatchObject({ kind, mayHaveLeft: true })
    expect(lines.filter((line) => line === '.')).toHaveLength(1)
  })

  it('a server that drips its answers is given up as a whole', async () => {
    const { port } = await startScriptedServer((line) => (line === '' ? '220-still' : null))
    const { fault } = start(
      { port, tls: 'off', login: null },
      { timeouts: { connectMs: 5_000, answerMs: 5_000, beforeDataMs: 200 } },
    )
    expect(await fault()).toMatchObject({ reason: 'smtp_timeout', retryable: true })
  })

  it('a port that nobody listens at is a server that is away', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    const { fault } = start({ port, tls: 'off', login: null })
    expect(await fault()).toMatchObject({ reason: 'smtp_connection', retryable: true, untilDeadline: true })
  })

  it('a wrong password needs a person, and stops the channel until it is right', async () => {
    const server = await startSmtpServer()
    const { driver, begin, fault, changes } = start({
      ...server,
      login: { user: 'ura', password: 'wrong' },
    })
    await begin()
    expect(await fault()).toMatchObject({ reason: 'smtp_auth', retryable: true, untilDeadline: true })
    expect(driver.state().state).toBe('logged_out')
    expect(changes).toEqual(['logged_out'])
  })

  it('is told in the log without the code, the address, the password or what the server said', async () => {
    const server = await startSmtpServer()
    const { begin, fault, logLines } = start(server)
    await begin()
    server.refuse({ data: 554 })
    await fault()
    expect(logLines.length).toBeGreaterThan(0)
    expect(logLines.join('')).not.toMatch(/48213579|maria@|secret-of-mail|not now/)
  })
})

describe('the connection', () => {
  it('is looked at once at the start', async () => {
    const server = await startSmtpServer()
    const { driver, begin, changes } = start(server)
    expect(driver.state().state).toBe('starting')
    await begin()
    await eventually(() => driver.state().state).toBe('connected')
    expect(changes).toEqual(['connected'])
    expect(server.sessions()).toBe(1)
  })

  it('that could not be made is tried again by itself, without a mail', async () => {
    let isAway = true
    const { port, lines } = await startScriptedServer((line) =>
      isAway ? cut : line === '' ? '220 ready' : '250 test',
    )
    const probes: (() => void)[] = []
    const { driver, begin } = start(
      { port, tls: 'off', login: null },
      {
        timers: {
          setTimer(callback, delayMs) {
            if (delayMs === 60_000) {
              probes.push(callback)
            }
            return () => {}
          },
        },
      },
    )
    await begin()
    await eventually(() => driver.state().state).toBe('degraded')
    expect(probes).toHaveLength(1)
    isAway = false
    probes[0]?.()
    await eventually(() => driver.state().state).toBe('connected')
    expect(probes).toHaveLength(1)
    expect(lines.filter((line) => line.startsWith('MAIL'))).toEqual([])
  })

  it.each([
    ['10.0.0.9', true],
    ['127.0.0.1', false],
  ])('in the clear to %s is warned of: %s', async (host, isWarned) => {
    const { begin, logLines } = start({ host, port: 9, tls: 'off', login: null }, { timeouts: short })
    await begin()
    expect(logLines.some((line) => line.includes('in the clear'))).toBe(isWarned)
  })
})
