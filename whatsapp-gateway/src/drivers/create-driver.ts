import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import type { GatewayConfiguration } from '../config.ts'
import type { Timers } from '../outbox/timers.ts'
import { createCloudApiDriver } from './cloud-api/create-cloud-api-driver.ts'
import { requireCloudApi } from './cloud-api/settings.ts'
import { createConsoleDriver, type PrintedMessage } from './console-driver.ts'
import type { Driver } from './driver.ts'
import { createVenomDriver } from './venom/create-venom-driver.ts'

export interface DriverParts {
  clock: Clock
  timers: Timers
  log: Logger
  /** Where the console driver prints, as a terminal; absent = messages are only kept. */
  onMessage?: ((message: PrintedMessage) => void) | undefined
  /** When somebody last wrote to us, by the driver's name and the phone number (E.164). */
  lastMessageAt: (channel: string, phone: string) => Promise<Date | null>
}

/** The connection to WhatsApp that the configuration names. */
export function createDriver(config: GatewayConfiguration, parts: DriverParts): Driver {
  return factories[config.driver](config, parts)
}

const factories: Readonly<
  Record<GatewayConfiguration['driver'], (config: GatewayConfiguration, parts: DriverParts) => Driver>
> = {
  console: ({ timeZone }, { clock, log, onMessage }) =>
    createConsoleDriver({ clock, log, timeZone, ...(onMessage === undefined ? {} : { print: onMessage }) }),
  'cloud-api': (config, { clock, log, timers, lastMessageAt }) =>
    createCloudApiDriver(
      { ...requireCloudApi(config), retentionDays: config.retentionDays },
      { clock, log, timers, lastMessageAt: (phone) => lastMessageAt('cloud-api', phone) },
    ),
  venom: (config, { clock, log, timers }) => createVenomDriver(config, { clock, log, timers }),
}
