import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { createGateway } from '../app.ts'
import { readGatewayConfiguration } from '../config.ts'
import type { Driver } from '../drivers/driver.ts'

/**
 * A gateway to be killed: `node crash-child.ts FOLDER TOKEN BEHAVIOUR`. Its driver writes each message it sends as
 * one line of FOLDER/sent, which outlives the process; standard output tells the address.
 */
const [folder = '', token = '', behaviour = ''] = process.argv.slice(2)

/** What the driver does with a message; dying is done by the signal that no process can handle. */
const behaviours: Readonly<Record<string, (id: string) => Promise<void>>> = {
  answer: async (id) => send(id),
  'answer-slowly': async (id) => {
    send(id)
    await sleep(5)
  },
  'never-answer': (id) => {
    send(id)
    return new Promise<never>(() => {})
  },
  'die-before-sending': async () => die(),
  'die-after-sending': async (id) => {
    send(id)
    die()
  },
}

function send(id: string): void {
  appendFileSync(join(folder, 'sent'), `${id}\n`)
}

function die(): void {
  process.kill(process.pid, 'SIGKILL')
}

const driver: Driver = {
  name: 'crash-test',
  pace: { recipientIntervalMs: 0, driverIntervalMs: 0, parallelMax: 4 },
  start: async () => {},
  stop: async () => {},
  state: () => ({ state: 'connected', since: new Date(0), qrAttempt: null, qrExpiresAt: null }),
  send: async ({ id }) => {
    await behaviours[behaviour]?.(id)
    return { providerId: `crash-test:${id}` }
  },
}

const gateway = await createGateway(
  readGatewayConfiguration({ GATEWAY_TOKEN: token, GATEWAY_PORT: '0', DATA_DIR: folder }),
  { clock: systemClock, log: createLogger({ service: 'crash-child', level: 'silent' }), driver },
)
const { url } = await gateway.listen()
process.stdout.write(`${url}\n`)
