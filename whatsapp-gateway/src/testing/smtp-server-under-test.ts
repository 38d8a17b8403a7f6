import { readFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { onTestFinished } from 'vitest'

/** A key with its certificate for 127.0.0.1 and localhost, which nobody but a test trusts. */
export const testCertificate = readFileSync(new URL('smtp-test-certificate.pem', import.meta.url), 'utf8')

/** A mail as a server took it. */
export interface TakenMail {
  readonly from: string
  readonly to: readonly string[]
  /** Header and body as they came, lines ended by CRLF. */
  readonly source: string
  /** The body as a person reads it. */
  readonly text: string
  readonly isEncrypted: boolean
  readonly user: string | undefined
}

export interface SmtpServerUnderTest {
  readonly port: number
  readonly mails: TakenMail[]
  /** Sessions begun so far. */
  readonly sessions: () => number
  /** Server replies to a step of every mail from now on, as `{ recipient: 450 }`; null = it takes them. */
  refuse: (refusals: { recipient?: number; sender?: number; data?: number } | null) => void
}

/** What makes the server's library refuse a step. */
function refusal(code: number | undefined): Error | undefined {
  return code === undefined ? undefined : Object.assign(new Error('not now'), { responseCode: code })
}

/** A real SMTP server on loopback that takes one login, `ura` with `secret-of-mail`; closed with the test. */
export async function startSmtpServer(
  options: { offersTls?: boolean; isImplicitTls?: boolean } = {},
): Promise<SmtpServerUnderTest> {
  const { offersTls = true, isImplicitTls = false } = options
  const mails: TakenMail[] = []
  let sessions = 0
  let refusals: { recipient?: number; sender?: number; data?: number } | null = null
  const server = new SMTPServer({
    secure: isImplicitTls,
    key: testCertificate,
    cert: testCertificate,
    disabledCommands: offersTls ? [] : ['STARTTLS'],
    allowInsecureAuth: true,
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    onConnect(_session, callback) {
      sessions += 1
      callback()
    },
    onAuth({ username, password }, _session, callback) {
      if (username === 'ura' && password === 'secret-of-mail') {
        callback(null, { user: username })
      } else {
        callback(new Error('wrong password'))
      }
    },
    onMailFrom(_address, _session, callback) {
      callback(refusal(refusals?.sender))
    },
    onRcptTo(_address, _session, callback) {
      callback(refusal(refusals?.recipient))
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const refused = refusal(refusals?.data)
        if (refused === undefined) {
          const source = Buffer.concat(chunks).toString('utf8')
          const { mailFrom, rcptTo } = session.envelope
          mails.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            source,
            text: readableBody(source),
            isEncrypted: session.secure,
            user: session.user === undefined ? undefined : String(session.user),
          })
        }
        callback(refused)
      })
    },
  })
  // What a client breaks off, or refuses of the certificate, is the client's to tell.
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = server.server.address() as AddressInfo
  return { port, mails, sessions: () => sessions, refuse: (wanted) => void (refusals = wanted) }
}

/** A scripted server's word for breaking the connection off. */
export const cut = Symbol('cut')

/**
 * A server that speaks by a script: at each line of the client (and at the connection, as an empty line) it is asked for
 * its reply; null = it says nothing, {@link cut} = it breaks the connection off. Closed with the test.
 */
export async function startScriptedServer(
  replyTo: (line: string) => string | null | typeof cut,
): Promise<{ port: number; lines: string[] }> {
  const lines: string[] = []
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    const say = (line: string): void => {
      const reply = replyTo(line)
      if (reply === cut) {
        socket.destroy()
      } else if (reply !== null) {
        socket.write(`${reply}\r\n`)
      }
    }
    let rest = ''
    socket.on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString('utf8')).split('\r\n')
      rest = parts.pop() ?? ''
      for (const line of parts) {
        lines.push(line)
        say(line)
      }
    })
    say('')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    sockets.forEach((socket) => socket.destroy())
    server.close()
    await once(server, 'close')
  })
  return { port: (server.address() as AddressInfo).port, lines }
}

function readableBody(source: string): string {
  const [header = '', ...body] = source.split('\r\n\r\n')
  const text = body.join('\r\n\r\n')
  if (/^Content-Transfer-Encoding: quoted-printable/im.test(header)) {
    const bytes = text
      .replaceAll('=\r\n', '')
      .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    return Buffer.from(bytes, 'latin1').toString('utf8')
  }
  return /^Content-Transfer-Encoding: base64/im.test(header)
    ? Buffer.from(text, 'base64').toString('utf8')
    : text
}
