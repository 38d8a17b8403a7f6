import type { Logger } from '@ura/core/logger'
import { Counter, type Registry } from 'prom-client'
import type { ConnectionState, ConnectionStatus } from '../drivers/driver.ts'
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

const sentences: Readonly<Record<'logged_out' | 'banned' | 'connected', string>> = {
  logged_out:
    'WhatsApp desconectado: os códigos de acesso não saem. Abra /admin/qr do gateway e leia o QR code.',
  banned: 'O WhatsApp bloqueou a conta: os códigos de acesso não saem.',
  connected: 'WhatsApp conectado de novo.',
}

/** Watches a connection and tells once of each change: that it needs a person, and that it works again. */
export class ConnectionWatch {
  readonly #options: { driver: string; log: Logger; onAlert: ((alert: Alert) => void) | undefined }
  readonly #logouts: Counter<'state'>
  #need: Need = null

  constructor(options: {
    /** The driver's name. */
    driver: string
    log: Logger
    registry: Registry
    /** Told of each change; undefined = only log and metric are. */
    onAlert: ((alert: Alert) => void) | undefined
  }) {
    this.#options = options
    this.#logouts = new Counter({
      name: 'ura_whatsapp_logouts_total',
      help: 'Times that WhatsApp began to need a person: logged_out, banned',
      labelNames: ['state'],
      registers: [options.registry],
    })
  }

  observe({ state, since }: ConnectionStatus): void {
    const need = needs[state]
    if (need === 'undecided' || (need === 'none' ? null : need) === this.#need) {
      return
    }
    this.#need = need === 'none' ? null : need
    const { driver, log, onAlert } = this.#options
    if (this.#need === null) {
      log.info({ driver }, 'WhatsApp works again')
    } else {
      this.#logouts.inc({ state: this.#need })
      log.error({ driver, state: this.#need }, 'WhatsApp needs a person')
    }
    const word = this.#need ?? 'connected'
    onAlert?.({ type: `whatsapp.${word}`, text: sentences[word], at: since, data: { driver, state } })
  }
}
