import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import type { Timers } from '../../outbox/timers.ts'
import type { Driver } from '../driver.ts'
import { EmailDriver } from './email-driver.ts'
import type { MailSender, SmtpServer } from './settings.ts'

/** The longest of each wait, in ms; with a send timeout shorter than twice the last, half of that. */
const timeouts = { connectMs: 5_000, answerMs: 20_000, beforeDataMs: 15_000 } as const

/** The e-mail channel as it is configured; null = there is none. */
export function createEmailDriver(
  config: {
    readonly smtpServer: SmtpServer | undefined
    readonly mailFrom: MailSender | undefined
    readonly timeZone: string
    readonly sendTimeoutMs: number
  },
  parts: { clock: Clock; log: Logger; timers: Timers },
): Driver | null {
  const { smtpServer: server, mailFrom: from, timeZone, sendTimeoutMs } = config
  if (server === undefined || from === undefined) {
    return null
  }
  // What is surely unsent must be told before the outbox gives up waiting and calls it unknown.
  const beforeDataMs = Math.min(timeouts.beforeDataMs, sendTimeoutMs / 2)
  return new EmailDriver({ ...parts, server, from, timeZone, timeouts: { ...timeouts, beforeDataMs } })
}
