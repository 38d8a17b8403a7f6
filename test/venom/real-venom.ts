import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '@ura/core/logger'
import type { DeliveryStatus } from '@ura/whatsapp-gateway/drivers/driver'
import { VenomDriver } from '@ura/whatsapp-gateway/drivers/venom/venom-driver'
import type { ReceivedMessage } from '@ura/whatsapp-gateway/inbound/received-message'
import { ManualTime } from '@ura/whatsapp-gateway/testing/manual-time'
import { writeBrowserCommand } from './browser-command.ts'
import { FakeWhatsAppWeb } from './fake-whatsapp-web.ts'

/** The driver with the real venom-bot and the real Chromium, in front of a fake WhatsApp Web. */
export interface RealVenom {
  readonly fake: FakeWhatsAppWeb
  /** The newest. */
  driver: VenomDriver
  /** Moves the driver's deadlines and pauses; nothing else. */
  readonly time: ManualTime
  readonly sessionFolder: string
  readonly browserPath: string
  readonly states: string[]
  readonly statuses: DeliveryStatus[]
  readonly received: ReceivedMessage[]
  /** Another driver in place of a stopped one, on the same session. */
  nextDriver(): void
  stop(): Promise<void>
}

/** `root` has Chromium, `modulesFolder` venom-bot. */
export async function prepareRealVenom(parts: { root: string; modulesFolder: string }): Promise<RealVenom> {
  const folder = await mkdtemp(join(tmpdir(), 'ura-venom-'))
  const sessionFolder = join(folder, 'session')
  const browserPath = join(folder, 'chromium')
  const fake = await FakeWhatsAppWeb.start()
  await writeBrowserCommand(browserPath, { root: parts.root, folder, switches: fake.browserSwitches })
  const time = new ManualTime()
  const newDriver = (): VenomDriver =>
    new VenomDriver({
      clock: time,
      timers: time,
      log: createLogger({ service: 'test', level: 'silent' }),
      random: () => 1,
      timeZone: 'America/Sao_Paulo',
      sessionFolder,
      modulesFolder: parts.modulesFolder,
      browserPath,
      qrMax: 5,
      dailyMax: 100,
      sendTimeoutMs: 30_000,
    })
  return {
    fake,
    driver: newDriver(),
    time,
    sessionFolder,
    browserPath,
    states: [],
    statuses: [],
    received: [],
    nextDriver(this: RealVenom) {
      this.driver = newDriver()
    },
    async stop(this: RealVenom) {
      await this.driver.stop()
      await fake.stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Starts the driver; what it tells is kept. */
export async function startDriver({ driver, states, statuses, received }: RealVenom): Promise<void> {
  await driver.start({
    connectionChanged: () => void states.push(driver.state().state),
    deliveryReported: (status) => void statuses.push(status),
    messageReceived: async (message) => void received.push(message),
  })
}
