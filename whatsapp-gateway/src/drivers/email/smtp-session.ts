import { Readable } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Timers } from '../../outbox/timers.ts'
import type { SmtpServer } from './settings.ts'

/** Longest waits, in ms. */
export interface SmtpTimeouts {
  /** For the connection, and again for the server's greeting. */
  readonly connectMs: number
  /** For each answer. */
  readonly answerMs: number
  /** For all that comes before the mail itself. */
  readonly beforeDataMs: number
}

export interface SmtpOptions {
  readonly server: SmtpServer
  readonly timeouts: SmtpTimeouts
  readonly timers: Timers
  /** Who vouches for the server's certificate, as PEM; default: those whom Node trusts. */
  readonly certificateAuthority?: string
}

/**
 * Why a session ended: `reply` the server refused (`replyCode`), `tls` or `auth` are for a person to mend, `timeout`,
 * `connection`.
 */
export type SmtpFaultKind = 'reply' | 'tls' | 'auth' | 'timeout' | 'connection'

/** A session that failed. Its message holds nothing that the server said, which may be anything. */
export class SmtpFault extends Error {
  override readonly name = 'SmtpFault'
  readonly kind: SmtpFaultKind
  /** Whether the server may have taken the mail: it was being handed over, and no answer came. */
  readonly mayHaveLeft: boolean
  /** The server's three digits, null when it said nothing. */
  readonly replyCode: number | null
  /** Whether it was this mail that was refused, and not the whole session. */
  readonly isAboutMail: boolean

  constructor(
    kind: SmtpFaultKind,
    about: { mayHaveLeft: boolean; replyCode: number | null; isAboutMail: boolean },
  ) {
    super(about.replyCode === null ? kind : `${kind} ${about.replyCode}`)
    this.kind = kind
    this.mayHaveLeft = about.mayHaveLeft
    this.replyCode = about.replyCode
    this.isAboutMail = about.isAboutMail
  }
}

/** What `nodemailer` makes of a failure. */
interface NodemailerError extends Error {
  code?: string | undefined
  /** The system's or OpenSSL's own code, where `code` is nodemailer's. */
  originalCode?: string | undefined
  command?: string | undefined
  responseCode?: number | undefined
}

/**
 * Connects and logs in; with a mail it hands that over as well. Resolves once the server has taken it.
 * @throws SmtpFault
 */
export async function runSmtpSession(
  options: SmtpOptions,
  { mail, signal }: { mail: { from: string; to: string; raw: Buffer } | null; signal: AbortSignal },
): Promise<void> {
  const { server, timeouts, timers } = options
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const connection = openConnection(options)
  // Read for the first time after the server's 354, and not before: until then nothing of the mail has left.
  let dataHasBegun = false
  const fail = (error: NodemailerError): void => reject(faultOf(error, dataHasBegun))
  const failAsTimeout = (): void =>
    reject(new SmtpFault('timeout', { mayHaveLeft: dataHasBegun, replyCode: null, isAboutMail: false }))
  const cancelTimer = timers.setTimer(() => {
    if (!dataHasBegun) {
      failAsTimeout()
    }
  }, timeouts.beforeDataMs)
  // For good: a connection that is given up may still tell of an error.
  connection.on('error', fail)
  signal.addEventListener('abort', failAsTimeout, { once: true })
  const handOver = (): void => {
    if (mail === null) {
      resolve()
      return
    }
    const stream = Readable.from(bytesOf(mail.raw, () => (dataHasBegun = true)))
    const envelope = { from: mail.from, to: [mail.to], size: mail.raw.length }
    connection.send(envelope, stream, (error) => (error === null ? resolve() : fail(error)))
  }
  connection.connect((error) => {
    if (error !== undefined && error !== null) {
      fail(error)
    } else if (server.login === null) {
      handOver()
    } else {
      const { user, password: pass } = server.login
      connection.login({ user, pass }, (refusal) => (refusal === null ? handOver() : fail(refusal)))
    }
  })
  try {
    await promise
    connection.quit()
  } catch (error) {
    connection.close()
    throw error
  } finally {
    cancelTimer()
    signal.removeEventListener('abort', failAsTimeout)
  }
}

function openConnection({ server, timeouts, certificateAuthority }: SmtpOptions): SMTPConnection {
  const { host, port, tls } = server
  return new SMTPConnection({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'off',
    connectionTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.connectMs,
    socketTimeout: timeouts.answerMs,
    dnsTimeout: timeouts.connectMs,
    socketCloseTimeout: 1_000,
    maxResponseSize: 64 * 1_024,
    logger: false,
    ...(certificateAuthority === undefined ? {} : { tls: { ca: certificateAuthority } }),
  })
}

function* bytesOf(raw: Buffer, onRead: () => void): Generator<Buffer> {
  onRead()
  yield raw
}

/** RFC 5321, 3.8: the server closes, whatever it was asked. */
const closingCode = 421

/** OpenSSL's and Node's names of what is wrong with a certificate, or with TLS itself. */
const tlsCodePattern = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|HOSTNAME_MISMATCH/

function faultOf(error: NodemailerError, dataHasBegun: boolean): SmtpFault {
  const { command = '', code = '', originalCode = '' } = error
  const replyCode = error.responseCode ?? null
  if (dataHasBegun) {
    // Only an answer to the mail itself tells that it was not taken.
    const isRefused = command === 'DATA' && replyCode !== null
    return new SmtpFault(isRefused ? 'reply' : code === 'ETIMEDOUT' ? 'timeout' : 'connection', {
      mayHaveLeft: !isRefused,
      replyCode: isRefused ? replyCode : null,
      isAboutMail: isRefused && replyCode !== closingCode,
    })
  }
  const about = {
    mayHaveLeft: false,
    replyCode,
    isAboutMail: replyCode !== closingCode && /^(?:MAIL FROM|RCPT TO|DATA|API)$/.test(command),
  }
  if (code === 'ETLS' || tlsCodePattern.test(originalCode) || tlsCodePattern.test(code)) {
    return new SmtpFault('tls', about)
  }
  if (code === 'EAUTH' && (replyCode === null || replyCode >= 500)) {
    return new SmtpFault('auth', about)
  }
  if (replyCode !== null) {
    return new SmtpFault('reply', about)
  }
  return new SmtpFault(code === 'ETIMEDOUT' ? 'timeout' : 'connection', about)
}
