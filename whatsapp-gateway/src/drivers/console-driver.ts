import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import { maskPhoneNumber } from '@ura/core/phone-number'
import type { ConnectionStatus, Driver, DriverPace, MessageContent } from './driver.ts'
import { messageText } from './message-text.ts'

/** A message as the console driver prints it. */
export interface PrintedMessage {
  readonly id: string
  /** E.164. */
  readonly to: string
  /** What a phone would show, an access code included. */
  readonly text: string
  readonly at: Date
}

/** As fast as messages come: nobody minds. */
export const consolePace = {
  recipientIntervalMs: 0,
  driverIntervalMs: 0,
  parallelMax: 8,
} as const satisfies DriverPace

/**
 * The driver of the embedded defaults: nothing leaves the machine. Each message is given to `print` (a terminal)
 * and its text can be read through the API; the log is told that a message came, never what it says.
 */
export function createConsoleDriver(options: {
  clock: Clock
  log: Logger
  /** IANA zone in which a code's expiry is told. */
  timeZone: string
  print?: (message: PrintedMessage) => void
}): Driver {
  const { clock, log, timeZone, print } = options
  const status: ConnectionStatus = {
    state: 'connected',
    since: clock.now(),
    qrAttempt: null,
    qrExpiresAt: null,
  }
  const textOf = (content: MessageContent): string => messageText(content, timeZone)
  return {
    name: 'console',
    pace: consolePace,
    transcript: { textsMax: 1_000, textOf },
    start: async () => {},
    stop: async () => {},
    state: () => status,
    send: async ({ id, to, content }) => {
      print?.({ id, to, text: textOf(content), at: clock.now() })
      log.info({ messageId: id, to: maskPhoneNumber(to), kind: content.kind }, 'message printed')
      return { providerId: `console:${id}` }
    },
  }
}
