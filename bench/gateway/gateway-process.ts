import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { createGateway } from '@ura/whatsapp-gateway/app'
import { readGatewayConfiguration } from '@ura/whatsapp-gateway/config'
import type { Driver } from '@ura/whatsapp-gateway/drivers/driver'
import { serveTasks } from '../harness/task-process.ts'
import { monotonicMs } from './monotonic-time.ts'

/** One message in the driver's hands. */
export interface Send {
  to: string
  /** Of the machine's monotonic clock. */
  atMs: number
}

const [folder = '', token = '', driverIntervalMs = '0'] = process.argv.slice(2)

let sends: Send[] = []

/** Its provider answers at once: what is measured is the way to it. */
const driver: Driver = {
  name: 'bench',
  pace: { recipientIntervalMs: 0, driverIntervalMs: Number(driverIntervalMs), parallelMax: 8 },
  start: async () => {},
  stop: async () => {},
  state: () => ({ state: 'connected', since: new Date(0), qrAttempt: null, qrExpiresAt: null }),
  async send({ id, to }) {
    sends.push({ to, atMs: monotonicMs() })
    return { providerId: `bench:${id}` }
  },
}

const gateway = await createGateway(
  readGatewayConfiguration({
    GATEWAY_TOKEN: token,
    GATEWAY_PORT: '0',
    GATEWAY_QUEUED_MAX: '1000000',
    DATA_DIR: folder,
  }),
  {
    clock: systemClock,
    log: createLogger({ service: 'gateway', level: 'info', destination: { write: () => {} } }),
    driver,
  },
)
const { url } = await gateway.listen()

const tasks = {
  url: () => url,
  /** What was sent since the last time this was asked. */
  takeSends(): Send[] {
    const taken = sends
    sends = []
    return taken
  },
}

/** What the process can be asked for. */
export type GatewayTasks = typeof tasks

serveTasks(tasks)
