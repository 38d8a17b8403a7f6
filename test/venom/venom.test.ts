import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { OutgoingMessage } from '@ura/whatsapp-gateway/drivers/driver'
import { runningInGroup } from '@ura/whatsapp-gateway/drivers/venom/process-group'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureChromium } from '../../scripts/real-parts/chromium.ts'
import { realPartsRequired } from '../../scripts/real-parts/config.ts'
import { ensureVenom } from '../../scripts/real-parts/venom.ts'
import { prepareRealVenom, type RealVenom, startDriver } from './real-venom.ts'

const chromium = await ensureChromium((line) => process.stderr.write(`Chromium: ${line}\n`))
const venomBot = await ensureVenom()
const missing = [chromium, venomBot].flatMap((part) => (part.available ? [] : [part.reason]))
if (missing.length > 0) {
  process.stderr.write(`*** SKIPPED: the real venom-bot in Chromium (${missing.join('; ')})\n`)
}

const signal = new AbortController().signal
const message = (id: string): OutgoingMessage => ({
  id,
  to: '+5545999990001',
  content: { kind: 'text', text: 'Chamado 10017 aberto.' },
})

/** A browser is started in each test, on machines that may be busy. */
function eventually<T>(read: () => T) {
  return expect.poll(read, { interval: 50, timeout: 45_000 })
}

/**
 * What the real venom-bot 5.3.0 does with a page that has what it looks for in WhatsApp Web. The part of it that runs in
 * the page and calls WhatsApp's own modules (wapi.js) finds a WAPI that is there already and steps aside: that part, and
 * whether WhatsApp's page of today still has what venom looks for, only a phone can show.
 */
describe.skipIf(missing.length > 0 && !realPartsRequired())('the real venom-bot in the real Chromium', () => {
  let real: RealVenom

  beforeEach(async () => {
    if (!chromium.available || !venomBot.available) {
      throw new Error(missing.join('; '))
    }
    real = await prepareRealVenom({ root: chromium.root, modulesFolder: venomBot.folder })
  })

  afterEach(() => real.stop())

  /** The process group of the child, as the session folder notes it. */
  function groupId(): number {
    return Number(readFileSync(join(real.sessionFolder, 'process'), 'utf8').split(' ')[0])
  }

  function browsersInGroup(group: number): number {
    return (runningInGroup(group) ?? []).filter((pid) => nameOf(pid).startsWith('chrom')).length
  }

  /** Whether Chromium has written what the page keeps; it takes about 5 s over it. */
  function loginOnDisk(): boolean {
    const folder = join(real.sessionFolder, 'tokens/ura/Default/Local Storage/leveldb')
    return readdirSync(folder)
      .filter((name) => name.endsWith('.log'))
      .some((name) => readFileSync(join(folder, name), 'latin1').includes('paired'))
  }

  async function logIn(): Promise<void> {
    await startDriver(real)
    await eventually(() => real.driver.state().state).toBe('qr')
    real.fake.tell({ type: 'scanned' })
    await eventually(() => real.driver.state().state).toBe('connected')
  }

  async function relaunch(): Promise<void> {
    await eventually(() => real.time.timerCount).toBe(1)
    real.time.advance(5 * 60_000)
  }

  it('logs in by the QR that the page draws, sends, and is told of statuses and messages', async () => {
    const { driver, fake } = real
    await startDriver(real)
    await eventually(() => driver.state()).toMatchObject({ state: 'qr', qrAttempt: 1 })
    const first = driver.qrLogin.qrImage()
    expect(first?.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n')
    fake.tell({ type: 'qr', ref: 'ref-2' })
    await eventually(() => driver.state().qrAttempt).toBe(2)
    expect(driver.qrLogin.qrImage()?.equals(first!)).toBe(false)
    fake.tell({ type: 'scanned' })
    await eventually(() => driver.state().state).toBe('connected')

    fake.answerLookup = () => ({ status: 200, numberExists: true, id: { _serialized: '554599990001@c.us' } })
    const { providerId } = await driver.send(message('m1'), signal)
    expect(fake.lookups).toEqual(['5545999990001@c.us'])
    expect(fake.sends).toEqual([{ to: '554599990001@c.us', text: 'Chamado 10017 aberto.' }])
    for (const ack of [1, 2, 3]) {
      fake.tell({ type: 'ack', id: providerId, ack })
    }
    await eventually(() => real.statuses.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'm1 sent',
      'm1 delivered',
      'm1 read',
    ])
    const written = {
      id: 'false_1',
      from: '554599990001@c.us',
      type: 'chat',
      body: 'chamado 10017',
      t: 1_773_163_800,
    }
    fake.tell({ type: 'message', message: written })
    await eventually(() => real.received).toMatchObject([
      { channel: 'venom', id: 'false_1', from: '+554599990001', text: 'chamado 10017', isPrivate: true },
    ])
    expect(new Set(fake.requests.map((request) => request.split('/')[0]))).toEqual(
      new Set(['web.whatsapp.com']),
    )
  })

  it('keeps the login for its owner alone, its browser in one process group, and leaves nothing behind', async () => {
    await logIn()
    const folders = ['', 'tokens', 'tokens/ura'].map(
      (name) => statSync(join(real.sessionFolder, name)).mode & 0o777,
    )
    expect(folders).toEqual([0o700, 0o700, 0o700])
    const group = groupId()
    expect(browsersInGroup(group)).toBeGreaterThan(1)
    await real.driver.stop()
    expect(runningInGroup(group)).toEqual([])
  })

  it('keeps a login of a moment ago when it is stopped in an orderly way', async () => {
    await logIn()
    await real.driver.stop()
    real.nextDriver()
    await startDriver(real)
    await eventually(() => real.driver.state().state).toBe('connected')
    expect(real.states.filter((state) => state === 'qr')).toHaveLength(1)
  })

  it('comes back without a QR after its process was killed, browser included', async () => {
    await logIn()
    await eventually(loginOnDisk).toBe(true)
    const group = groupId()
    process.kill(group, 'SIGKILL')
    await eventually(() => real.driver.state().state).toBe('starting')
    await eventually(() => runningInGroup(group)).toEqual([])
    await relaunch()
    await eventually(() => real.driver.state().state).toBe('connected')
    expect(real.states.filter((state) => state === 'qr')).toHaveLength(1)
    expect(await real.driver.send(message('m1'), signal)).toHaveProperty('providerId')
  })

  it('that hangs in a send is killed; the message is unknown', async () => {
    await logIn()
    const group = groupId()
    real.fake.answerSend = () => undefined
    const sending = real.driver.send(message('m1'), signal)
    sending.catch(() => {})
    await eventually(() => real.fake.sends.length).toBe(1)
    real.time.advance(29_000)
    await expect(sending).rejects.toMatchObject({ name: 'UnansweredError', reason: 'timeout' })
    await eventually(() => runningInGroup(group)).toEqual([])
  })

  it.each([
    [
      { erro: true, status: 404, text: 'It is necessary to number' },
      { name: 'NotSentError', retryable: false },
    ],
    [
      { erro: true, status: 'ERROR_UNKNOWN' },
      { name: 'RefusedError', reason: 'outcome_unknown' },
    ],
  ])('that answers %j to a send', async (answer, wanted) => {
    await logIn()
    real.fake.answerSend = () => answer
    await expect(real.driver.send(message('m1'), signal)).rejects.toMatchObject(wanted)
  })

  it('on a page that is not WhatsApp is killed after 90 s and started again', async () => {
    const { fake, driver, time } = real
    fake.serves = 'something else'
    await startDriver(real)
    await eventually(() => fake.requests).toContain('web.whatsapp.com/')
    const group = groupId()
    time.advance(89_999)
    expect(browsersInGroup(group)).toBeGreaterThan(1)
    time.advance(1)
    await eventually(() => runningInGroup(group)).toEqual([])
    fake.serves = 'whatsapp'
    await relaunch()
    await eventually(() => driver.state().state).toBe('qr')
  })

  it('whose phone logged it out shows a QR again', async () => {
    await logIn()
    real.fake.tell({ type: 'unpaired' })
    await eventually(() => real.driver.state().state).toBe('logged_out')
    await relaunch()
    await eventually(() => real.driver.state().state).toBe('qr')
    expect(real.driver.qrLogin.qrImage()).not.toBeNull()
  })

  it('logs out and forgets the login when asked to', async () => {
    await logIn()
    await real.driver.qrLogin.logOut()
    expect([real.fake.logOuts, real.driver.state().state]).toEqual([1, 'logged_out'])
    expect(existsSync(join(real.sessionFolder, 'tokens'))).toBe(false)
    await real.driver.qrLogin.newQr()
    await eventually(() => real.driver.state().state).toBe('qr')
  })
})

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8')
  } catch {
    return ''
  }
}
