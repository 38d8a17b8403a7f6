import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { seemingInstallation, soon } from '../../testing/fake-venom.ts'
import { groupLives, message, signal, startVenomDriver } from '../../testing/venom-driver-under-test.ts'
import { NotSentError } from '../driver.ts'

describe('sending', () => {
  it('goes to the address that WhatsApp knows the number by, which is asked for once a week', async () => {
    const { driver, fake, clock, connect } = await startVenomDriver()
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
    const { driver, fake, connect } = await startVenomDriver()
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

  it.each([null, 'somebody', '120363@g.us'])(
    'goes nowhere when WhatsApp knows the number as %s',
    async (value) => {
      const { driver, fake, connect } = await startVenomDriver()
      fake.reply = ({ request }) => ({ type: 'answer', request, value })
      const child = await connect()
      await expect(driver.send(message('m1'), signal)).rejects.toMatchObject({ reason: 'lookup_failed' })
      expect(child.commands.map(({ type }) => type)).toEqual(['connect', 'resolve'])
    },
  )

  it.each([
    ['not_sent', { name: 'NotSentError', retryable: false }],
    ['lookup_failed', { name: 'NotSentError', retryable: true }],
    // May have left: never sent again.
    ['outcome_unknown', { name: 'RefusedError' }],
  ] as const)('that venom refuses as %s', async (reason, wanted) => {
    const { driver, fake, connect } = await startVenomDriver()
    fake.reply = (command) =>
      command.type === 'send' ? { type: 'refusal', request: command.request, reason } : fake.friendly(command)
    await connect()
    await expect(driver.send(message('m1'), signal)).rejects.toMatchObject(wanted)
  })

  it('that hangs is given up before the dispatcher does, as unknown, and the browser with it', async () => {
    const { driver, fake, time, connect } = await startVenomDriver()
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
    const { driver, fake, connect } = await startVenomDriver()
    fake.reply = (command) => (command.type === 'send' ? null : fake.friendly(command))
    const child = await connect()
    const sending = driver.send(message('m1'), signal)
    sending.catch(() => {})
    await soon(() => child.commands.at(-1)?.type).toBe('send')
    child.exit()
    await expect(sending).rejects.toMatchObject({ name: 'UnansweredError', reason: 'gone' })
  })

  it('a lookup that hangs sends nothing, so that the message may be tried again', async () => {
    const { driver, fake, time, connect } = await startVenomDriver()
    fake.reply = () => null
    const child = await connect()
    const sending = driver.send(message('m1'), signal)
    sending.catch(() => {})
    await soon(() => child.commands.at(-1)?.type).toBe('resolve')
    time.advance(10_000)
    await expect(sending).rejects.toMatchObject({ reason: 'lookup_failed', retryable: true })
  })

  it('ends for the day at the limit, also after a restart', async () => {
    const { driver, clock, connect, sessionFolder } = await startVenomDriver({ dailyMax: 1 })
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

  it('goes nowhere when it cannot be counted', async () => {
    const { driver, connect, sessionFolder } = await startVenomDriver()
    const child = await connect()
    // As an unwritable disk would: the file can't be replaced.
    mkdirSync(join(sessionFolder, 'sent-today.new'))
    await expect(driver.send(message('m1'), signal)).rejects.toMatchObject({
      reason: 'count_unwritable',
      retryable: true,
    })
    expect(child.commands.at(-1)).toMatchObject({ type: 'resolve' })
  })

  it('never tells a text or a whole number to the log', async () => {
    const { driver, fake, connect, logLines } = await startVenomDriver()
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
    const { driver, statuses, connect } = await startVenomDriver()
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
    const { driver, fake, statuses, connect } = await startVenomDriver()
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
    const { statuses, connect } = await startVenomDriver()
    const child = await connect()
    child.tell({ type: 'ack', id: 'true_old', ack: 3 })
    await soon(() => statuses.length).toBe(1)
    expect(statuses).toMatchObject([{ identifiedBy: 'provider', id: 'true_old', state: 'read' }])
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
    const running = await startVenomDriver()
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
    const running = await startVenomDriver()
    const child = await running.connect()
    child.tell({ ...received, isPrivate: false })
    child.tell({ ...received, id: 'false_3' })
    await soon(() => running.received.length).toBeGreaterThan(0)
    expect(running.received.map(({ id }) => id)).toEqual(['false_3'])
  })
})

describe('what the driver needs', () => {
  it('is checked before anything starts, and told with what to do', async () => {
    const { modulesFolder, browserPath } = seemingInstallation()
    await expect(startVenomDriver({ modulesFolder: '/nowhere', browserPath })).rejects.toThrow(
      /venom-bot não está instalado em \/nowhere[^]*npm ci --ignore-scripts --prefix whatsapp-gateway\/venom/,
    )
    await expect(startVenomDriver({ modulesFolder, browserPath: '/nowhere/chromium' })).rejects.toThrow(
      /navegador executável em \/nowhere\/chromium[^]*VENOM_BROWSER/,
    )
  })

  it('is a session folder of its own, closed to everybody else', async () => {
    const { sessionFolder } = await startVenomDriver()
    expect(statSync(sessionFolder).mode & 0o777).toBe(0o700)
    await expect(startVenomDriver({ sessionFolder })).rejects.toThrow('outro gateway já a usa')
  })

  it('gives the folder back when it stops', async () => {
    const { driver, sessionFolder } = await startVenomDriver()
    await driver.stop()
    const next = await startVenomDriver({ sessionFolder })
    expect((await next.connect()).commands[0]).toMatchObject({ type: 'connect', sessionFolder })
  })
})
