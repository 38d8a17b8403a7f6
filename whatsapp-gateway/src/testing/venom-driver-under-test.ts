import { join } from 'node:path'
import { createLogger } from '@ura/core/logger'
import { onTestFinished } from 'vitest'
import type { DeliveryStatus, OutgoingMessage } from '../drivers/driver.ts'
import { runningInGroup } from '../drivers/venom/process-group.ts'
import { VenomDriver, type VenomDriverOptions } from '../drivers/venom/venom-driver.ts'
import type { ReceivedMessage } from '../inbound/received-message.ts'
import { FakeVenom, seemingInstallation, soon } from './fake-venom.ts'
import { ManualTime } from './manual-time.ts'
import { temporaryFolder } from './temporary-folder.ts'

const maria = '+5545999990001'
export const signal = new AbortController().signal
/** A text to Maria, or to somebody else. */
export const message = (id: string, to = maria): OutgoingMessage => ({
  id,
  to,
  content: { kind: 'text', text: 'oi' },
})

/** The driver on a folder of its own, with a child that the test plays and times that stand still. */
export async function startVenomDriver(changes: Partial<VenomDriverOptions> = {}) {
  const fake = await FakeVenom.start()
  // Of their own, so that days go by without a timer falling due.
  const clock = new ManualTime()
  const time = new ManualTime()
  const states: string[] = []
  const statuses: DeliveryStatus[] = []
  const received: ReceivedMessage[] = []
  const logLines: string[] = []
  const sessionFolder = join(temporaryFolder(), 'session')
  const driver = new VenomDriver({
    clock,
    timers: time,
    log: createLogger({
      service: 'test',
      level: 'trace',
      destination: { write: (line: string) => void logLines.push(line) },
    }),
    random: () => 1,
    timeZone: 'America/Sao_Paulo',
    sessionFolder,
    ...seemingInstallation(),
    qrMax: 3,
    dailyMax: 100,
    sendTimeoutMs: 30_000,
    child: fake.child,
    ...changes,
  })
  onTestFinished(() => driver.stop())
  await driver.start({
    connectionChanged: () => void states.push(driver.state().state),
    deliveryReported: (status) => void statuses.push(status),
    messageReceived: async (one) => void received.push(one),
  })
  const connect = async () => {
    const child = await fake.launched(1)
    child.tell({ type: 'ready' })
    await soon(() => driver.state().state).toBe('connected')
    return child
  }
  return { driver, fake, clock, time, states, statuses, received, logLines, sessionFolder, connect }
}

/** Whether any process of the group runs. */
export const groupLives = (groupId: number): boolean => runningInGroup(groupId)?.length !== 0

/** Lets a failed child go and the next one come. */
export async function relaunch({ time, fake }: { time: ManualTime; fake: FakeVenom }, number: number) {
  await soon(() => time.timerCount).toBe(1)
  time.advance(5 * 60_000)
  return await fake.launched(number)
}
