import { join } from 'node:path'
import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import type { GatewayConfiguration } from '../config.ts'
import type { GatewayStore } from './gateway-store.ts'
import { MysqlOutboxStore } from './mysql/mysql-outbox-store.ts'
import { SqliteOutboxStore } from './sqlite-outbox-store.ts'

/**
 * Opens the outbox that the configuration names, with what else the gateway keeps: in MySQL or MariaDB, else a file in the data folder.
 * @throws StartupError when it can't be opened, as when another gateway owns it
 */
export async function openOutbox(
  { databaseUrl, dataDir }: Pick<GatewayConfiguration, 'databaseUrl' | 'dataDir'>,
  options: { textsMax: number; clock: Clock; log: Logger },
): Promise<GatewayStore> {
  return databaseUrl === undefined
    ? new SqliteOutboxStore({
        path: join(dataDir, 'whatsapp-gateway.sqlite'),
        textsMax: options.textsMax,
      })
    : await MysqlOutboxStore.open({ databaseUrl, ...options })
}
