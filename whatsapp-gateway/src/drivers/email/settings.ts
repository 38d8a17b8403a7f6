import { parseEmailAddress } from '@ura/core/email-address'
import type { Setting } from '@ura/core/configuration'
import { optional, text } from '@ura/core/settings'

/** Where mail is handed in. */
export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** `implicit`: TLS from the first byte. `starttls`: the server must offer it. `off`: none, said openly by `?tls=off`. */
  readonly tls: 'implicit' | 'starttls' | 'off'
  /** null = no login. */
  readonly login: { readonly user: string; readonly password: string } | null
}

/** Who mail is from. */
export interface MailSender {
  /** Empty = none. */
  readonly name: string
  readonly address: string
}

/** RFC 8314, 3.3 and RFC 6409, 3.1. */
const ports = { 'smtps:': 465, 'smtp:': 587 } as const

const smtpUrl: Setting<SmtpServer> = {
  ...text('GATEWAY_SMTP_URL', {
    description:
      'Mail server, as smtp://user:password@host:587 (STARTTLS) or smtps://…:465; ?tls=off sends in the clear; unset: no e-mail',
  }),
  secret: true,
  parse: parseSmtpUrl,
}

const senderPattern = /^(?:([^<>"\\\p{Cc}]{1,100}?) ?<([^<>]+)>|([^<> ]+))$/u
const mailFrom: Setting<MailSender> = {
  ...text('GATEWAY_MAIL_FROM', {
    description:
      'Sender of e-mails, as "Suporte de TI <suporte@prefeitura.example>"; needed with GATEWAY_SMTP_URL',
  }),
  parse: (value) => {
    const [, name = '', named, bare] = senderPattern.exec(value) ?? []
    const address = parseEmailAddress(named ?? bare ?? '')
    if (address === null) {
      throw new Error('must be an address, as Suporte <suporte@prefeitura.example>')
    }
    return { name: name.trim(), address }
  },
}

/** The second channel. */
export const emailSettings = { smtpServer: optional(smtpUrl), mailFrom: optional(mailFrom) } as const

/** What keeps e-mail from working although each setting alone is right. */
export function emailFaults(config: {
  readonly smtpServer: SmtpServer | undefined
  readonly mailFrom: MailSender | undefined
}): string[] {
  return config.smtpServer !== undefined && config.mailFrom === undefined
    ? [`${mailFrom.variable} is not set and GATEWAY_SMTP_URL needs it: ${mailFrom.description}`]
    : []
}

/** Whether a host name or address is this machine itself. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
}

function parseSmtpUrl(value: string): SmtpServer {
  const url = URL.canParse(value) ? new URL(value) : null
  const protocol = url?.protocol
  if (url === null || (protocol !== 'smtp:' && protocol !== 'smtps:') || url.hostname === '') {
    throw new Error('must be smtp://user:password@host:port or smtps://… (percent-encoded)')
  }
  const query = url.search
  if (!['', '/'].includes(url.pathname) || !['', '?tls=off'].includes(query) || url.hash !== '') {
    throw new Error('may have ?tls=off behind host and port, and nothing else')
  }
  if (query !== '' && protocol === 'smtps:') {
    throw new Error('says smtps:// and ?tls=off at once')
  }
  const user = decoded(url.username)
  const password = decoded(url.password)
  if ((user === '') !== (password === '')) {
    throw new Error('has a user without a password, or a password without a user')
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? ports[protocol] : Number(url.port),
    tls: protocol === 'smtps:' ? 'implicit' : query === '' ? 'starttls' : 'off',
    login: user === '' ? null : { user, password },
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new Error('has a % that encodes nothing; write %25')
  }
}
