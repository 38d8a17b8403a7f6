import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as listen } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { promptTexts } from '@ura/agi/prompts/pt-br'
import { createEspeakSynthesizer } from '@ura/api/speech/espeak-synthesizer'
import { buildPromptPack } from '@ura/api/speech/prompt-pack'
import { recordFigure } from '../../scripts/test/figures.ts'
import { filesPlayed, soundsOf } from '../listening/heard-files.ts'
import { HelpdeskSystem } from '../support/helpdesk-system.ts'
import { TestClock } from '../support/test-clock.ts'
import { findInOrder, heardScore } from '../listening/audio-match.ts'
import type { Call } from './call.ts'
import { findAsteriskRoot } from './real-asterisk.ts'
import { neverOpen, startTelephony, type Telephony } from './telephony.ts'
import { turnTimesMs } from '../listening/turn-times.ts'

const root = await findAsteriskRoot()
/** How long the caller of these tests listens before keying over a prompt: more than is compared of it. */
const listenMs = 1_300

describe.runIf(root !== '')('a helpdesk call on a real Asterisk, through the trunk', () => {
  const clock = new TestClock()
  let sounds: string
  let packFolder: string
  let system: HelpdeskSystem
  let telephony: Telephony

  beforeAll(async () => {
    sounds = await mkdtemp(join(tmpdir(), 'ura-pack-'))
    packFolder = join(sounds, 'pt_BR', 'ura')
    // What a busy machine is slow to speak is no fault here.
    const synthesizer = createEspeakSynthesizer({ sentenceTimeoutMs: 20_000, waitMaxMs: 20_000 })
    await buildPromptPack({ texts: promptTexts, outFolder: sounds, synthesizer })
    system = await HelpdeskSystem.start({ clock, synthesizer, agiServers: 2 })
    const [first = 0, second = 0] = system.agiPorts
    telephony = await startTelephony({
      root,
      agiServers: [`127.0.0.1:${first}`, `127.0.0.1:${second}`],
      soundsFolder: packFolder,
      openTimes: neverOpen,
    })
  })
  afterAll(async () => {
    await telephony?.stop()
    await system?.stop()
    await rm(sounds, { recursive: true, force: true })
  })
  // Each test has a week of its own, so that no limit of codes reaches from one into the next.
  beforeEach(() => clock.advanceToMonday())
  afterEach(() => telephony.hangUpAll())

  const dial = (record = false): Promise<Call> =>
    telephony.dial({ callerId: '2001', extension: '7000', record })

  /** Waits for a question by its file's name, listens, keys. */
  async function answer(call: Call, question: RegExp, keys: string): Promise<void> {
    await call.waitForCommand(question, 30_000)
    await listen(listenMs)
    await call.press(keys)
  }

  async function identify(call: Call): Promise<void> {
    await system.forgetCodes()
    await answer(call, /ura\/main-menu/, '1')
    await answer(call, /ura\/ask-registration/, '1001#')
    await answer(call, /ura\/ask-access-code/, (await system.newestCode()) ?? 'none')
  }

  async function openTicket(call: Call): Promise<string> {
    await identify(call)
    await answer(call, /ura\/confirm-name-after/, '1')
    await answer(call, /GET OPTION "http/, '2')
    await answer(call, /GET OPTION "http/, '2')
    await call.waitForCommand(/ura\/after-ticket/, 30_000)
    return system.messages.at(-1)?.text.match(/\d{5,}/)?.[0] ?? 'none'
  }

  /** A ticket of user 1001 that was not opened by phone. */
  async function ticketOfTheUser(): Promise<string> {
    const request = { userCode: '1001', service: '2-2', callId: 'none', idempotencyKey: 'the-same-each-time' }
    return (await system.ticketApi.openTicket(request)).protocolo
  }

  /** Every prompt that the service played was heard by the caller, in that order. */
  async function expectAllHeard(call: Call): Promise<string[]> {
    const files = filesPlayed(call.uraEvents)
    const heard = findInOrder(await call.stopRecording(), await soundsOf(files, packFolder))
    expect(heard.filter(({ score }) => score < heardScore)).toEqual([])
    return heard.map(({ name }) => name)
  }

  async function ticketsInDatabase(): Promise<number> {
    const { count } = await system.api.db
      .selectFrom('tickets')
      .select(({ fn }) => fn.countAll().as('count'))
      .executeTakeFirstOrThrow()
    return Number(count)
  }

  it('opens a ticket, and later tells its status; the caller hears every prompt in order', async () => {
    const opening = await dial(true)
    const protocol = await openTicket(opening)
    await listen(listenMs)
    await opening.hangup()
    const heard = await expectAllHeard(opening)
    expect(heard.filter((name) => !name.endsWith('.wav'))).toEqual([
      'ura/main-menu',
      'ura/ask-registration',
      'ura/access-code-sent',
      'ura/ask-access-code',
      'ura/confirm-name-before',
      'ura/confirm-name-after',
      'ura/ticket-opened',
      'ura/after-ticket',
    ])
    expect(heard.filter((name) => name.endsWith('.wav'))).toHaveLength(5) // name, two menus, protocol twice

    const query = await dial(true)
    await answer(query, /ura\/main-menu/, '2')
    await answer(query, /ura\/ask-registration/, '1001#')
    await answer(query, /ura\/ask-ticket/, `${protocol}#`)
    await query.waitForCommand(/ura\/after-status/, 30_000)
    await listen(listenMs)
    await query.hangup()
    expect((await expectAllHeard(query)).find((name) => name.endsWith('.wav'))).toBeDefined() // the status
    await expect
      .poll(async () => (await system.ticketApi.callRecords(query.uraUniqueId))[0]?.resultado)
      .toBe('status_told')
  })

  it('reaches the technician in office hours', async () => {
    const call = await dial()
    await answer(call, /ura\/main-menu/, '3')
    const technicianCall = await telephony.technician.nextCall(20_000)
    expect(technicianCall).toMatchObject({ callerNumber: '2001', answered: true })
    await technicianCall.spoken
    await call.hangup()
  })

  it('shows the technician the name of a caller who proved it', async () => {
    const call = await dial()
    await identify(call)
    for (let tries = 0; tries < 3; tries += 1) {
      await answer(call, /ura\/confirm-name-after/, '7')
    }
    expect(await telephony.technician.nextCall(20_000)).toMatchObject({
      callerName: 'João da Conceição 1001',
    })
    await call.hangup()
  })

  it('shows the technician no more than the code of a caller who did not', async () => {
    const call = await dial()
    await answer(call, /ura\/main-menu/, '1')
    await answer(call, /ura\/ask-registration/, '1001#')
    for (let tries = 0; tries < 3; tries += 1) {
      await answer(call, /ura\/ask-access-code/, '00000000')
    }
    expect(await telephony.technician.nextCall(20_000)).toMatchObject({ callerName: '1001 não confirmado' })
    await call.hangup()
  })

  it('does not reach the technician out of hours: the announcement, then the ticket', async () => {
    clock.advanceToSunday()
    const callsBefore = telephony.technician.calls.length
    const call = await dial(true)
    await answer(call, /ura\/main-menu/, '3')
    await call.waitForCommand(/ura\/ask-registration/, 30_000)
    await listen(listenMs)
    await call.hangup()
    const heard = await expectAllHeard(call)
    expect(heard).toEqual([
      'ura/main-menu',
      'ura/out-of-hours',
      expect.stringMatching(/\.wav$/),
      'ura/ask-registration',
    ])
    expect(telephony.technician.calls).toHaveLength(callsBefore)
  })

  describe('hanging up', () => {
    const steps: [string, (call: Call) => Promise<unknown>][] = [
      ['in the main menu', (call) => call.waitForCommand(/ura\/main-menu/)],
      [
        'at the registration code',
        async (call) => {
          await answer(call, /ura\/main-menu/, '1')
          await call.waitForCommand(/ura\/ask-registration/)
        },
      ],
      [
        'in the middle of the registration code',
        async (call) => {
          await answer(call, /ura\/main-menu/, '1')
          await answer(call, /ura\/ask-registration/, '10')
          await call.waitForCommand(/WAIT FOR DIGIT/)
        },
      ],
      [
        'while the access code is announced',
        async (call) => {
          await answer(call, /ura\/main-menu/, '1')
          await answer(call, /ura\/ask-registration/, '1001#')
          await call.waitForCommand(/ura\/access-code-sent/)
        },
      ],
      [
        'at the access code',
        async (call) => {
          await answer(call, /ura\/main-menu/, '1')
          await answer(call, /ura\/ask-registration/, '1001#')
          await call.waitForCommand(/ura\/ask-access-code/)
        },
      ],
      [
        'at the name',
        async (call) => {
          await identify(call)
          await call.waitForCommand(/ura\/confirm-name-after/, 30_000)
        },
      ],
      [
        'at the categories',
        async (call) => {
          await identify(call)
          await answer(call, /ura\/confirm-name-after/, '1')
          await call.waitForCommand(/GET OPTION "http/, 30_000)
        },
      ],
      [
        'at the services',
        async (call) => {
          await identify(call)
          await answer(call, /ura\/confirm-name-after/, '1')
          await answer(call, /GET OPTION "http/, '2')
          await call.waitForCommand(/GET OPTION "http/, 30_000)
        },
      ],
      [
        'out of hours',
        async (call) => {
          clock.advanceToSunday()
          await answer(call, /ura\/main-menu/, '3')
          await call.waitForCommand(/ura\/out-of-hours/)
        },
      ],
      [
        'at the protocol of a query',
        async (call) => {
          await answer(call, /ura\/main-menu/, '2')
          await answer(call, /ura\/ask-registration/, '1001#')
          await call.waitForCommand(/ura\/ask-ticket/)
        },
      ],
    ]

    it.each(steps)('%s leaves no call, no request and no half ticket within 1 s', async (_step, reach) => {
      const before = await ticketsInDatabase()
      const call = await dial()
      await reach(call)
      const hungUpAt = performance.now()
      await call.hangup()
      while (system.activity().calls + system.activity().records > 0) {
        await listen(5)
      }
      expect(performance.now() - hungUpAt).toBeLessThan(1_000)
      expect(await ticketsInDatabase()).toBe(before)
      expect((await system.ticketApi.callRecords(call.uraUniqueId))[0]).toMatchObject({
        resultado: 'abandoned',
      })
    })
  })

  it('agrees with the database on a ticket whose caller hangs up while it is created', async () => {
    const before = await ticketsInDatabase()
    const call = await dial()
    await identify(call)
    await answer(call, /ura\/confirm-name-after/, '1')
    await answer(call, /GET OPTION "http/, '2')
    await answer(call, /GET OPTION "http/, '2')
    await call.hangup()
    await expect.poll(() => system.activity(), { timeout: 1_000 }).toEqual({ calls: 0, records: 0 })
    const [record] = await system.ticketApi.callRecords(call.uraUniqueId)
    expect(record?.protocolos).toHaveLength((await ticketsInDatabase()) - before)
  })

  it('counts every key of a caller who does not listen', async () => {
    const protocol = await ticketOfTheUser()
    const call = await dial()
    await call.waitForCommand(/ura\/main-menu/)
    await call.press(`21001#${protocol}#`, { digitMs: 80, betweenMs: 60 })
    await call.waitForCommand(/ura\/after-status/, 30_000)
    await call.hangup()
    expect(filesPlayed(call.uraEvents)).not.toContain('ura/ticket-not-found')
  })

  it('answers a key with the next prompt at once', async () => {
    const protocol = await ticketOfTheUser()
    const turns: number[] = []
    for (let calls = 0; calls < 3; calls += 1) {
      const call = await dial()
      await keyAt(call, /ura\/main-menu/, '2')
      await keyAt(call, /ura\/ask-registration/, '1001#')
      for (let queries = 0; queries < 6; queries += 1) {
        await keyAt(call, /ura\/ask-ticket/, `${protocol}#`)
        await keyAt(call, /STREAM FILE "http/, '9')
        await keyAt(call, /STREAM FILE "http/, '1')
      }
      await call.waitForCommand(/ura\/ask-ticket/)
      turns.push(...turnTimesMs(call.uraEvents))
      await call.hangup()
    }
    const sorted = turns.toSorted((one, other) => one - other)
    const at = (share: number): string =>
      `${(sorted[Math.ceil(sorted.length * share) - 1] ?? 0).toFixed(1)} ms`
    expect(turns.length).toBeGreaterThanOrEqual(50)
    recordFigure(
      'last digit to next prompt on the real Asterisk',
      `median ${at(0.5)}, p99 ${at(0.99)} over ${turns.length} turns`,
    )
  })

  /** Keys as soon as the question has begun. */
  async function keyAt(call: Call, question: RegExp, keys: string): Promise<void> {
    await call.waitForCommand(question)
    await call.press(keys, { digitMs: 80, betweenMs: 60 })
  }

  it('goes on with the second server when the first is gone, and apologises when both are', async () => {
    await system.stopAgi(0)
    const second = await dial(true)
    await answer(second, /ura\/main-menu/, '2')
    await second.waitForCommand(/ura\/ask-registration/)
    await second.hangup()

    await system.stopAgi(1)
    const alone = await dial(true)
    await alone.ended
    const names = ['ura/system-unavailable', 'ura/goodbye']
    const heard = findInOrder(await alone.stopRecording(), await soundsOf(names, packFolder))
    expect(heard.filter(({ score }) => score >= heardScore).map(({ name }) => name)).toEqual(names)
  })
})
