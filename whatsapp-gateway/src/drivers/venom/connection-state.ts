import type { ConnectionState } from '../driver.ts'

type SocketMeaning = Exclude<ConnectionState, 'qr' | 'starting'>

const states: Readonly<Record<string, SocketMeaning>> = {
  CONNECTED: 'connected',
  UNPAIRED: 'logged_out',
  UNPAIRED_IDLE: 'logged_out',
  TOS_BLOCK: 'banned',
  SMB_TOS_BLOCK: 'banned',
  // WhatsApp Web is open somewhere else, or comes back by itself.
  CONFLICT: 'degraded',
  UNLAUNCHED: 'degraded',
  OPENING: 'degraded',
  PAIRING: 'degraded',
  SYNCING: 'degraded',
  RESUMING: 'degraded',
  TIMEOUT: 'degraded',
  DISCONNECTED: 'degraded',
  'WITHOUT INTERNET': 'degraded',
  DEPRECATED_VERSION: 'degraded',
  PROXYBLOCK: 'degraded',
}

/** What WhatsApp Web's word for its socket means (SocketState of venom-bot 5.3.0); null for a word that is new to us. */
export function stateOfSocket(word: string | null): SocketMeaning | null {
  return word !== null && Object.hasOwn(states, word) ? (states[word] ?? null) : null
}

/** What venom-bot's word for a step of the start or of a lost connection means to us. */
export function meaningOfStep(step: string): 'goes_on' | 'logged_out' | 'browser_gone' | null {
  switch (step) {
    case 'isLogged':
    case 'qrReadSuccess':
    case 'waitChat':
      return 'goes_on'
    case 'desconnectedMobile':
    case 'desconnected':
      return 'logged_out'
    case 'browserClose':
      return 'browser_gone'
    default:
      return null
  }
}

/** The status that an acknowledgement tells (AckType of venom-bot 5.3.0); null while the message waits on the phone. */
export function statusOfAck(ack: number): 'sent' | 'delivered' | 'read' | 'failed' | null {
  if (ack < 0) {
    return 'failed'
  }
  return ([null, 'sent', 'delivered', 'read', 'read'] as const)[ack] ?? null
}
