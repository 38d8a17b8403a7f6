import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { createGateway } from '@ura/whatsapp-gateway/app'
import { readGatewayConfiguration } from '@ura/whatsapp-gateway/config'
import type { Driver } from '@ura/whatsapp-gateway/drivers/driver'
import { serveTasks } from '../harness/task-process.ts'

/** Takes every message at once. */
const driver: Driver = {
  name: 'bench',
  pace: { recipientIntervalMs: 0, driverIntervalMs: 0, parallelMax: 8 },
  start: async () => {},
  stop: async () => {},
  state: () => ({ state: 'connected', since: new Date(0), qrAttempt: null, qrExpiresAt: null }),
  send: async ({ id }) => ({ providerId: `bench:${id}` }),
}

/** The gateway as in production on SQLite, but for the way out. */
const gateway = await createGateway(readGatewayConfiguration(process.env), {
  clock: systemClock,
  log: createLogger({ service: 'gateway', level: 'info', destination: { write: () => {} } }),
  driver,
})
const { url } = await gateway.listen()

const tasks = { url: () => url, pid: () => process.pid }

/** What the process can be asked for. */
export type GatewayTasks = typeof tasks

serveTasks(tasks)
