import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createLogger } from '@ura/core/logger'
import type { ReceivedMessage } from '../../inbound/received-message.ts'
import { FakeVenom, onePixel, seemingInstallation, soon } from '../../testing/fake-venom.ts'
import { ManualTime } from '../../testing/manual-time.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { type DeliveryStatus, NotSentError, type OutgoingMessage } from '../driver.ts'
import { runningInGroup } from './process-group.ts'
import { VenomDriver, type VenomDriverOptions } from './venom-driver.ts'

const maria = '+5545999990001'
const signal = new AbortController().signal
const message = (id: string, to = maria): OutgoingMessage => ({
  id,
  to,
  content: { kind: 'text', text: 'oi' },
})

async function startDriver(changes: Partial<VenomDriverOptions> = {}) {
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
const groupLives = (groupId: number): boolean => runningInGroup(groupId)?.length !== 0

/** Lets a failed child go and the next one come. */
async function relaunch({ time, fake }: { time: ManualTime; fake: FakeVenom }, number: number) {
  await soon(() => time.timerCount).toBe(1)
  time.advance(5 * 60_000)
  return await fake.launched(number)
}

describe('the login by QR', () => {
  it('shows one QR after the other, then connects when one is read', async () => {
    const { driver, fake, clock } = await startDriver()
    const child = await fake.launched(1)
    expect(driver.state()).toMatchObject({ state: 'starting', qrAttempt: null })
    child.tell({ type: 'qr', image: onePixel })
    await soon(() => driver.state()).toMatchObject({
      state: 'qr',
      qrAttempt: 1,
      qrExpiresAt: clock.in(60_000),
    })
    expect(driver.qrLogin.qrImage()?.subarray(1, 4).toString()).toBe('PNG')
    child.tell({ type: 'qr', image: onePixel })
    await soon(() => driver.state().qrAttempt).toBe(2)
    child.tell({ type: 'progress', step: 'qrReadSuccess' })
    await soon(() => driver.state()).toMatchObject({ state: 'starting', qrAttempt: null, qrExpiresAt: null })
    expect(driver.qrLogin.qrImage()).toBeNull()
    child.tell({ type: 'ready' })
    await soon(() => driver.state().state).toBe('connected')
  })

  it('stops after the last QR, restarts included, until somebody asks for more', async () => {
    const running = await startDriver({ qrMax: 2 })
    const { driver, fake } = running
    const first = await fake.launched(1)
    first.tell({ type: 'qr', image: onePixel })
    await soon(() => driver.state().qrAttempt).toBe(1)
    first.exit()
    const second = await relaunch(running, 2)
    second.tell({ type: 'qr', image: onePixel })
    await soon(() => driver.state().qrAttempt).toBe(2)
    second.tell({ type: 'qr', image: onePixel })
    await soon(() => driver.state().state).toBe('logged_out')
    expect([driver.qrLogin.isWaiting(), driver.qrLogin.qrImage()]).toEqual([true, null])
    await soon(() => groupLives(second.pid)).toBe(false)
    running.time.advance(60 * 60_000)
    expect(fake.children).toHaveLength(2)
    await driver.qrLogin.newQr()
    const third = await fake.launched(3)
    third.tell({ type: 'qr', image: onePixel })
    await soon(() => driver.state()).toMatchObject({ state: 'qr', qrAttempt: 1 })
  })

  it('begins again by itself when the phone logged out', async () => {
    const running = await startDriver()
    const child = await running.connect()
    child.tell({ type: 'state', state: 'UNPAIRED' })
    await soon(() => running.driver.state().state).toBe('logged_out')
    const next = await relaunch(running, 2)
    next.tell({ type: 'qr', image: onePixel })
    await soon(() => running.driver.state().state).toBe('qr')
    expect(running.states).toEqual(['connected', 'logged_out', 'qr'])
  })

  it('logs out when asked to and forgets the login', async () => {
    const { driver, connect, sessionFolder } = await startDriver()
    const child = await connect()
    const login = join(sessionFolder, 'tokens')
    mkdirSync(login)
    await driver.qrLogin.logOut()
    expect(child.commands.at(-1)).toMatchObject({ type: 'log_out' })
    expect([existsSync(login), driver.state().state, driver.qrLogin.isWaiting()]).toEqual([
      false,
      'logged_out',
      true,
    ])
    expect(groupLives(child.pid)).toBe(false)
  })

  it('waits for a person when WhatsApp bans the account', async () => {
    const { driver, fake, time, connect } = await startDriver()
    const child = await connect()
    child.tell({ type: 'state', state: 'TOS_BLOCK' })
    await soon(() => driver.state().state).toBe('banned')
    time.advance(60 * 60_000)
    expect(fake.children).toHaveLength(1)
  })
})

describe('a child that fails', () => {
  it.each([
    ['hangs while it connects', () => {}, 90_000],
    ['hangs with its whole process', (child: { hang(): void }) => child.hang(), 90_000],
    ['crashes', (child: { exit(): void }) => child.exit(), 0],
    ['sends garbage', (child: { write(text: string): void }) => child.write('hello\n'), 0],
    [
      'sends a line that is too long',
      (child: { write(text: string): void }) => child.write(`${'x'.repeat(300_000)}\n`),
      0,
    ],
  ])('and %s is killed with its whole group and started again', async (_name, fail, afterMs) => {
    const running = await startDriver()
    const { driver, fake, time } = running
    const child = await fake.launched(1)
    fail(child)
    time.advance(afterMs)
    await soon(() => groupLives(child.pid)).toBe(false)
    expect([driver.state().state, fake.children.length]).toEqual(['starting', 1])
    const next = await relaunch(running, 2)
    next.tell({ type: 'ready' })
    await soon(() => driver.state().state).toBe('connected')
  })

  it('is started again later and later', async () => {
    const { fake, time } = await startDriver()
    for (const [index, delayMs] of [5_000, 10_000, 20_000, 40_000].entries()) {
      const child = await fake.launched(index + 1)
      await soon(() => time.timerCount).toBe(1)
      child.tell({ type: 'failed', reason: 'page_unreachable' })
      await soon(() => groupLives(child.pid)).toBe(false)
      time.advance(delayMs - 1)
      expect(fake.children).toHaveLength(index + 1)
      time.advance(1)
    }
    await fake.launched(5)
  })

  it('is noticed by its silence while nothing is sent', async () => {
    const { driver, fake, time, connect } = await startDriver()
    const child = await connect()
    time.advance(30_000)
    await soon(() => child.commands.at(-1)?.type).toBe('probe')
    await soon(() => time.timerCount).toBe(1)
    fake.reply = () => null
    time.advance(30_000)
    await soon(() => child.commands.filter(({ type }) => type === 'probe').length).toBe(2)
    time.advance(10_000)
    await soon(() => driver.state().state).toBe('starting')
    await soon(() => groupLives(child.pid)).toBe(false)
  })

  it('leaves nothing behind when the driver stops', async () => {
    const { driver, connect } = await startDriver()
    const child = await connect()
    expect(groupLives(child.pid)).toBe(true)
    await driver.stop()
    expect(groupLives(child.pid)).toBe(false)
  })
})

describe('a connection in trouble', () => {
  it('is degraded until it comes back, and holds messages back', async () => {
    const { driver, connect } = await startDriver()
    const child = await connect()
    child.tell({ type: 'state', state: 'TIMEOUT' })
    await soon(() => driver.state().state).toBe('degraded')
    await expect(driver.send(message('m1'), signal)).rejects.toMatchObject({
      reason: 'not_connected',
      retryable: true,
      untilDeadline: true,
    })
    child.tell({ type: 'state', state: 'CONNECTED' })
    await soon(() => driver.state().state).toBe('connected')
    expect(await driver.send(message('m1'), signal)).toHaveProperty('providerId')
  })
})

describe('sending', () => {
  it('goes to the address that WhatsApp knows the number by, which is asked for once a week', async () => {
    const { driver, fake, clock, connect } = await startDriver()
    fake.reply = (command) =>
      command.type === 'resolve'
        ? { type: 'answer', request: command.request, value: '554599990001@c.us' }
        : fake.friendly(command)
    const child = await connect()
    const kinds = () => child.commands.slice(1).flatMap((c) => (c.type === 'probe' ? [] : [c.type]))
    await driver.send(message('m1'), signal)
    await driver.send(message('m2'), signal)
    expect(kinds()).toEqual(['resolve', 'send', 'send'])
    expect(child.commands[2]).toMatchObject({ chatId: '554599990001@c.us', text: 'oi' })
    clock.advance(7 * 24 * 60 * 60_000)
    await driver.send(message('m3'), signal)
    expect(kinds().slice(3)).toEqual(['resolve', 'send'])
  })

  it('tries a Brazilian mobile without its ninth digit before it gives the number up', async () => {
    const { driver, fake, connect } = await startDriver()
    fake.reply = (command) =>
      command.type === 'resolve' && command.chatId !== '554599990001@c.us'
        ? { type: 'refusal', request: command.request, reason: 'not_on_whatsapp' }
        : fake.friendly(command)
    const child = await connect()
    await driver.send(message('m1'), signal)
    expect(child.commands.at(-1)).toMatchObject({ type: 'send', chatId: '554599990001@c.us' })
    const stranger = driver.send(message('m2', '+5545999990002'), signal)
    await expect(stranger).rejects.toMatchObject({ reason: 'recipient_unreachable', retryable: false })
  })

  it.each([
    ['not_sent', { name: 'NotSentError', retryable: false }],
    ['lookup_failed', { name: 'NotSentError', retryable: true }],
    // May have left: never sent again.
    ['outcome_unknown', { name: 'RefusedError' }],
  ] as const)('that venom refuses as %s', async (reason, wanted) => {
    const { driver, fake, connect } = await startDriver()
    fake.reply = (command) =>
      command.type === 'send' ? { type: 'refusal', request: command.request, reason } : fake.friendly(command)
    await connect()
    await expect(driver.send(message('m1'), signal)).rejects.toMatchObject(wanted)
  })

  it('that hangs is given up before the dispatcher does, as unknown, and the browser with it', async () => {
    const { driver, fake, time, connect } = await startDriver()
    fake.reply = (command) => (command.type === 'send' ? null : fake.friendly(command))
    const child = await connect()
    const sending = driver.send(message('m1'), signal)
    sending.catch(() => {})
    await soon(() => child.commands.at(-1)?.type).toBe('send')
    time.advance(29_000)
    const error: unknown = await sending.catch((caught: unknown) => caught)
    expect(error).not.toBeInstanceOf(NotSentError)
    expect(error).toMatchObject({ reason: 'timeout' })
    await soon(() => groupLives(child.pid)).toBe(false)
    expect(driver.state().state).toBe('starting')
  })

  it('that is cut off by a crash is unknown', async () => {
    const { driver, fake, connect } = await startDriver()
    fake.reply = (command) => (command.type === 'send' ? null : fake.friendly(command))
    const child = await connect()
    const sending = driver.send(message('m1'), signal)
    sending.catch(() => {})
    await soon(() => child.commands.at(-1)?.type).toBe('send')
    child.exit()
    await expect(sending).rejects.toMatchObject({ name: 'UnansweredError', reason: 'gone' })
  })

  it('a lookup that hangs sends nothing, so that the message may be tried again', async () => {
    const { driver, fake, time, connect } = await startDriver()
    fake.reply = () => null
    const child = await connect()
    const sending = driver.send(message('m1'), signal)
    sending.catch(() => {})
    await soon(() => child.commands.at(-1)?.type).toBe('resolve')
    time.advance(10_000)
    await expect(sending).rejects.toMatchObject({ reason: 'lookup_failed', retryable: true })
  })

  it('ends for the day at the limit, also after a restart', async () => {
    const { driver, clock, connect, sessionFolder } = await startDriver({ dailyMax: 1 })
    await connect()
    await driver.send(message('m1'), signal)
    await expect(driver.send(message('m2'), signal)).rejects.toMatchObject({
      reason: 'daily_limit',
      retryable: false,
    })
    expect(readFileSync(join(sessionFolder, 'sent-today'), 'utf8')).toBe('2026-03-10 1\n')
    clock.advance(24 * 60 * 60_000)
    expect(await driver.send(message('m3'), signal)).toHaveProperty('providerId')
  })

  it('never tells a text or a whole number to the log', async () => {
    const { driver, fake, connect, logLines } = await startDriver()
    fake.reply = (command) =>
      command.type === 'send'
        ? { type: 'refusal', request: command.request, reason: 'outcome_unknown' }
        : fake.friendly(command)
    const child = await connect()
    const content = { kind: 'otp' as const, code: '48217', expiresAt: new Date('2026-03-10T17:35:00Z') }
    await driver.send({ ...message('m1'), content }, signal).catch(() => {})
    expect(child.commands.at(-1)).toMatchObject({ text: expect.stringContaining('48217') })
    child.exit()
    await soon(() => driver.state().state).toBe('starting')
    expect(logLines.join('')).toContain('venom is restarted')
    expect(logLines.join('')).not.toMatch(/48217|999990001/)
  })
})

describe('acknowledgements', () => {
  it('become statuses of the message, in the order they come', async () => {
    const { driver, statuses, connect } = await startDriver()
    const child = await connect()
    const { providerId } = await driver.send(message('m1'), signal)
    for (const ack of [0, 1, 2, 3, 4, -1]) {
      child.tell({ type: 'ack', id: providerId, ack })
    }
    await soon(() => statuses.map(({ state }) => state)).toEqual([
      'sent',
      'delivered',
      'read',
      'read',
      'failed',
    ])
    expect(statuses[0]).toMatchObject({ identifiedBy: 'message', id: 'm1' })
  })

  it('are kept when they come before the answer to the send', async () => {
    const { driver, fake, statuses, connect } = await startDriver()
    const child = await connect()
    fake.reply = (command) => {
      if (command.type === 'send') {
        child.tell({ type: 'ack', id: `true_${command.chatId}_${command.request}`, ack: 2 })
      }
      return fake.friendly(command)
    }
    await driver.send(message('m1'), signal)
    expect(statuses).toContainEqual(
      expect.objectContaining({ identifiedBy: 'message', id: 'm1', state: 'delivered' }),
    )
  })

  it('of a message from before a restart name the provider’s id', async () => {
    const { statuses, connect } = await startDriver()
    const child = await connect()
    child.tell({ type: 'ack', id: 'true_old', ack: 3 })
    await soon(() => statuses).toMatchObject([{ identifiedBy: 'provider', id: 'true_old', state: 'read' }])
  })
})

describe('received messages', () => {
  const received = {
    type: 'message',
    id: 'false_1',
    from: '554599990001@c.us',
    sentAtSeconds: 1_773_163_800,
    kind: 'text',
    text: 'chamado 10017',
    isPrivate: true,
    raw: '{}',
  } as const

  it('are handed on with the number of who wrote, when WhatsApp tells it', async () => {
    const running = await startDriver()
    const child = await running.connect()
    child.tell(received)
    child.tell({ ...received, id: 'false_2', from: '123456789012345@lid' })
    await soon(() => running.received).toEqual([
      {
        channel: 'venom',
        id: 'false_1',
        from: '+554599990001',
        sentAt: new Date('2026-03-10T17:30:00Z'),
        kind: 'text',
        text: 'chamado 10017',
        isPrivate: true,
        raw: '{}',
      },
      expect.objectContaining({ id: 'false_2', from: null }),
    ])
  })

  it('of groups and of our own are left alone', async () => {
    const running = await startDriver()
    const child = await running.connect()
    child.tell({ ...received, isPrivate: false })
    child.tell({ ...received, id: 'false_3' })
    await soon(() => running.received.map(({ id }) => id)).toEqual(['false_3'])
  })
})

describe('what the driver needs', () => {
  it('is checked before anything starts, and told with what to do', async () => {
    const { modulesFolder, browserPath } = seemingInstallation()
    await expect(startDriver({ modulesFolder: '/nowhere', browserPath })).rejects.toThrow(
      /venom-bot não está instalado em \/nowhere[^]*npm ci --ignore-scripts --prefix whatsapp-gateway\/venom/,
    )
    await expect(startDriver({ modulesFolder, browserPath: '/nowhere/chromium' })).rejects.toThrow(
      /navegador executável em \/nowhere\/chromium[^]*VENOM_BROWSER/,
    )
  })

  it('is a session folder of its own, closed to everybody else', async () => {
    const { sessionFolder } = await startDriver()
    expect(statSync(sessionFolder).mode & 0o777).toBe(0o700)
    await expect(startDriver({ sessionFolder })).rejects.toThrow('outro gateway já a usa')
  })

  it('gives the folder back when it stops', async () => {
    const { driver, sessionFolder } = await startDriver()
    await driver.stop()
    const { fake } = await startDriver({ sessionFolder })
    await fake.launched(1)
  })
})
