import { maskEmailAddress } from '@ura/core/email-address'
import { maskPhoneNumber } from '@ura/core/phone-number'

/** The ways to a person, the first one first; each has a driver, a queue and a pace of its own. */
export const channels = ['whatsapp', 'email'] as const

export type Channel = (typeof channels)[number]

/** Fit for logs and answers: a phone number as `+55 45 *****-0001`, an e-mail address as `m***@prefeitura.example`. */
export function maskRecipient(recipient: string): string {
  return recipient.includes('@') ? maskEmailAddress(recipient) : maskPhoneNumber(recipient)
}
