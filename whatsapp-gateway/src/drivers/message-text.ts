import type { MessageContent } from './driver.ts'

/** The text a phone would show; an access code tells until when it is valid, as `14:35` in `timeZone` (IANA). */
export function messageText(content: MessageContent, timeZone: string): string {
  if (content.kind === 'text') {
    return content.text
  }
  const until = new Intl.DateTimeFormat('pt-BR', { hour: '2-digit', minute: '2-digit', timeZone })
  return `Seu código de acesso é ${content.code}. Ele vale até ${until.format(content.expiresAt)}. Não o informe a ninguém.`
}
