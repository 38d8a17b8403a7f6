import type { Logger } from '@ura/core/logger'
import type { Counter } from 'prom-client'
import type { ConnectionState, ConnectionStatus } from '../drivers/driver.ts'
import type { Channel } from '../outbox/channel.ts'
import type { Alert } from './alert-webhook.ts'

/** What only a person can mend; null for the rest, such as a start that is under way. */
type Need = 'logged_out' | 'banned' | null

const needs: Readonly<Record<ConnectionState, Need | 'none' | 'undecided'>> = {
  starting: 'undecided',
  qr: 'logged_out',
  connected: 'none',
  degraded: 'none',
  logged_out: 'logged_out',
  banned: 'banned',
}

type Word = 'logged_out' | 'banned' | 'connected'

const sentences: Readonly<Record<Channel, Readonly<Record<Word, string>>>> = {
  whatsapp: {
    logged_out:
      'WhatsApp desconectado: os códigos de acesso não saem por ele. Abra /admin/qr do gateway e leia o QR code.',
    banned: 'O WhatsApp bloqueou a conta: os códigos de acesso não saem por ele.',
    connected: 'WhatsApp conectado de novo.',
  },
  email: {
    logged_out:
      'O servidor de e-mail recusa o gateway (senha ou certificado): nada sai por e-mail. Confira GATEWAY_SMTP_URL.',
    banned: 'O servidor de e-mail bloqueou a conta: nada sai por e-mail.',
    connected: 'E-mail funcionando de novo.',
  },
}

const names: Readonly<Record<Channel, string>> = { whatsapp: 'WhatsApp', email: 'e-mail' }

/** Watches a channel's connection and tells once of each change: that it needs a person, and that it works again. */
export class ConnectionWatch {
  readonly #options: {
    channel: Channel
    driver: string
    log: Logger
    logouts: Counter<'channel' | 'state'>
    onAlert: ((alert: Alert) => void) | undefined
  }
  #need: Need = null

  constructor(options: {
    channel: Channel
    /** The driver's name. */
    driver: string
    log: Logger
    /** Counts how often a channel began to need a person. */
    logouts: Counter<'channel' | 'state'>
    /** Told of each change; undefined = only log and metric are. */
    onAlert: ((alert: Alert) => void) | undefined
  }) {
    this.#options = options
  }

  observe({ state, since }: ConnectionStatus): void {
    const need = needs[state]
    if (need === 'undecided' || (need === 'none' ? null : need) === this.#need) {
      return
    }
    this.#need = need === 'none' ? null : need
    const { channel, driver, log, logouts, onAlert } = this.#options
    if (this.#need === null) {
      log.info({ channel, driver }, `${names[channel]} works again`)
    } else {
      logouts.inc({ channel, state: this.#need })
      log.error({ channel, driver, state: this.#need }, `${names[channel]} needs a person`)
    }
    const word = this.#need ?? 'connected'
    onAlert?.({
      type: `${channel}.${word}`,
      text: sentences[channel][word],
      at: since,
      data: { channel, driver, state },
    })
  }
}
