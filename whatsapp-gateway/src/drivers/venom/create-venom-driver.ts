import { join, resolve } from 'node:path'
import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import { StartupError } from '@ura/core/service'
import type { GatewayConfiguration } from '../../config.ts'
import type { Timers } from '../../outbox/timers.ts'
import { VenomDriver } from './venom-driver.ts'

const ownModulesFolder = new URL('../../../venom', import.meta.url).pathname

/**
 * The driver `venom` as the configuration says; its login lies in `DATA_DIR/whatsapp-session`.
 * @throws StartupError without an admin token: nobody could see the QR
 */
export function createVenomDriver(
  config: GatewayConfiguration,
  parts: { clock: Clock; log: Logger; timers: Timers },
): VenomDriver {
  if (config.adminToken === undefined) {
    throw new StartupError(
      'O driver venom precisa de GATEWAY_ADMIN_TOKEN: sem ele não há a página /admin/qr, que mostra o QR code.',
    )
  }
  return new VenomDriver({
    ...parts,
    random: Math.random,
    timeZone: config.timeZone,
    sessionFolder: resolve(join(config.dataDir, 'whatsapp-session')),
    modulesFolder: resolve(config.venomModules ?? ownModulesFolder),
    browserPath: config.venomBrowser,
    qrMax: config.venomQrMax,
    dailyMax: config.venomDailyMax,
    sendTimeoutMs: config.sendTimeoutMs,
  })
}
