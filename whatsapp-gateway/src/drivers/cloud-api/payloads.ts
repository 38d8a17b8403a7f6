import type { OutgoingMessage } from '../driver.ts'

/** A template by the name and language under which Meta has approved it. */
export interface Template {
  readonly name: string
  /** As `pt_BR`. */
  readonly language: string
}

/** Most of a template's body, in characters; a longer parameter is refused by Meta. */
export const templateTextMax = 900

/** An authentication template: the code in the text and once more for the button that copies it (else 131008). */
export function accessCodePayload(message: OutgoingMessage, code: string, template: Template): object {
  const parameters = [{ type: 'text', text: code }]
  return templatePayload(message, template, [
    { type: 'body', parameters },
    { type: 'button', sub_type: 'url', index: '0', parameters },
  ])
}

/** A utility template whose one parameter is the text, on one line: Meta refuses line breaks and runs of spaces. */
export function noticePayload(message: OutgoingMessage, text: string, template: Template): object {
  return templatePayload(message, template, [
    { type: 'body', parameters: [{ type: 'text', text: oneLine(text) }] },
  ])
}

/** Free text; with the message that it answers quoted, when it answers one. */
export function textPayload(message: OutgoingMessage, text: string, replyTo: string | undefined): object {
  return {
    ...envelope(message),
    type: 'text',
    text: { body: text },
    ...(replyTo === undefined ? {} : { context: { message_id: replyTo } }),
  }
}

/** A text as a template's parameter would carry it. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function templatePayload(
  message: OutgoingMessage,
  { name, language }: Template,
  components: object[],
): object {
  return {
    ...envelope(message),
    type: 'template',
    template: { name, language: { code: language }, components },
  }
}

function envelope({ id, to }: OutgoingMessage): object {
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: to.replace('+', ''),
    biz_opaque_callback_data: id,
  }
}
