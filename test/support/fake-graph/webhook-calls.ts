import { createHmac } from 'node:crypto'

/** What a status says beside its state. */
export interface StatusFacts {
  /** `biz_opaque_callback_data`; left out when undefined. */
  callbackData?: string | undefined
  errorCode?: number
  at: Date
}

/** One status of a webhook. */
export function statusOf(
  wamid: string,
  status: string,
  { callbackData, errorCode, at }: StatusFacts,
): object {
  return {
    id: wamid,
    status,
    timestamp: seconds(at),
    recipient_id: '5545999990001',
    ...(callbackData === undefined ? {} : { biz_opaque_callback_data: callbackData }),
    ...(errorCode === undefined
      ? {}
      : { errors: [{ code: errorCode, title: 'error', error_data: { details: 'details' } }] }),
  }
}

/** One text that a person wrote; without `from` when it is null. */
export function textFrom(from: string | null, message: { id: string; body: string; at: Date }): object {
  return {
    ...(from === null ? {} : { from }),
    id: message.id,
    timestamp: seconds(message.at),
    type: 'text',
    text: { body: message.body },
  }
}

/** One change: statuses or messages of a phone number. */
export function changeOf(
  phoneNumberId: string,
  value: { statuses?: readonly object[]; messages?: readonly object[] },
): object {
  return {
    field: 'messages',
    value: {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '554533330000', phone_number_id: phoneNumberId },
      ...value,
    },
  }
}

/** The body of a call with these entries, each a list of changes. */
export function webhookBody(...entries: readonly (readonly object[])[]): string {
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: entries.map((changes) => ({ id: '1', changes })),
  })
}

/** Calls a webhook as Meta does, signed with the app secret; a signature of its own, or null for none, replaces it. */
export function callWebhook(
  url: string,
  body: string,
  options: { appSecret: string; signature?: string | null },
): Promise<Response> {
  const { appSecret, signature = `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}` } =
    options
  return fetch(`${url}/webhooks/whatsapp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(signature === null ? {} : { 'x-hub-signature-256': signature }),
    },
    body,
  })
}

function seconds(at: Date): string {
  return String(Math.floor(at.getTime() / 1_000))
}
