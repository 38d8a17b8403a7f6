import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { onePixel, soon } from '../../testing/fake-venom.ts'
import {
  groupLives,
  message,
  relaunch,
  signal,
  startVenomDriver,
} from '../../testing/venom-driver-under-test.ts'

describe('the login by QR', () => {
  it('shows one QR after the other, then connects when one is read', async () => {
    const { driver, fake, clock } = await startVenomDriver()
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
    const running = await startVenomDriver({ qrMax: 2 })
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
    const running = await startVenomDriver()
    const child = await running.connect()
    child.tell({ type: 'state', state: 'UNPAIRED' })
    await soon(() => running.driver.state().state).toBe('logged_out')
    const next = await relaunch(running, 2)
    next.tell({ type: 'qr', image: onePixel })
    await soon(() => running.driver.state().state).toBe('qr')
    expect(running.states).toEqual(['connected', 'logged_out', 'qr'])
  })

  it('logs out when asked to and forgets the login', async () => {
    const { driver, connect, sessionFolder } = await startVenomDriver()
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
    const { driver, fake, time, connect } = await startVenomDriver()
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
    const running = await startVenomDriver()
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
    const { fake, time } = await startVenomDriver()
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
    const { driver, fake, time, connect } = await startVenomDriver()
    const child = await connect()
    time.advance(30_000)
    await soon(() => child.commands.at(-1)?.type).toBe('probe')
    await soon(() => time.timerCount).toBe(1)
    fake.reply = () => null
    time.advance(30_000)
    await soon(() => child.commands.filter(({ type }) => type === 'probe').length).toBe(2)
    time.advance(10_000)
    await soon(() => groupLives(child.pid)).toBe(false)
    expect(driver.state().state).toBe('starting')
  })

  it('leaves nothing behind when the driver stops', async () => {
    const { driver, connect } = await startVenomDriver()
    const child = await connect()
    expect(groupLives(child.pid)).toBe(true)
    await driver.stop()
    expect(groupLives(child.pid)).toBe(false)
  })
})

describe('a connection in trouble', () => {
  it('is degraded until it comes back, and holds messages back', async () => {
    const { driver, connect } = await startVenomDriver()
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
