import MailComposer from 'nodemailer/lib/mail-composer'
import type { MessageContent, OutgoingMessage } from '../driver.ts'
import { messageText } from '../message-text.ts'
import type { MailSender } from './settings.ts'

/** What a mailbox shows without being opened, on locked screens too: it tells nothing. */
const subjects: Readonly<Record<MessageContent['kind'], string>> = {
  otp: 'Seu código de acesso ao suporte de informática',
  text: 'Aviso do suporte de informática',
}

const footer = 'Mensagem automática do suporte de informática. Não é preciso responder.'

/** A mail's id in its header and its log lines at the server, the same at every try. */
export function mailIdOf(messageId: string, { address }: MailSender): string {
  return `<${messageId}@${address.slice(address.lastIndexOf('@') + 1)}>`
}

/**
 * A message as a plain-text mail in pt-BR, ready for DATA.
 * @param options.timeZone IANA zone in which a code's expiry is told
 */
export async function composeMail(
  { id, to, content }: OutgoingMessage,
  options: { from: MailSender; date: Date; timeZone: string },
): Promise<Buffer> {
  const { from, date, timeZone } = options
  const composer = new MailComposer({
    from,
    to: { name: '', address: to },
    subject: subjects[content.kind],
    text: `${messageText(content, timeZone)}\n\n${footer}\n`,
    date,
    messageId: mailIdOf(id, from),
    // RFC 3834, 5: no out-of-office replies.
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return await composer.compile().build()
}
