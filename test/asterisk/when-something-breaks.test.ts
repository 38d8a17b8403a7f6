import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as listen } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { promptIds } from '@ura/agi/prompts/ids'
import { findInOrder, heardScore } from '../listening/audio-match.ts'
import { filesPlayed, soundsOf } from '../listening/heard-files.ts'
import { writeNoisePrompts } from '../listening/noise-prompts.ts'
import { HelpdeskSystem } from '../support/helpdesk-system.ts'
import { TestClock } from '../support/test-clock.ts'
import type { Call } from './call.ts'
import { findAsteriskRoot } from './real-asterisk.ts'
import { neverOpen, startTelephony, type Telephony } from './telephony.ts'

const root = await findAsteriskRoot()
/** How long the caller listens before keying over a prompt: more than is compared of it. */
const listenMs = 1_300

/**
 * Rows of the call flow's table "When something breaks", each as a caller hears it. The others: speech in
 * speech-failures.test.ts; hangups and FastAGI servers that are gone in whole-calls.test.ts; repeated requests in
 * test/faults/offline-spool.test.ts.
 */
describe.runIf(root !== '')('when something breaks in a call on a real Asterisk', () => {
  const clock = new TestClock()
  let sounds: string
  let system: HelpdeskSystem
  let telephony: Telephony

  beforeAll(async () => {
    sounds = await mkdtemp(join(tmpdir(), 'ura-pack-'))
    await writeNoisePrompts(sounds, promptIds)
    // A step gives up after 3 s, as it does after 15 in earnest; a busy machine refuses nothing else.
    const environment = { API_BUDGET_MS: '3000', API_EVENT_LOOP_DELAY_MAX_MS: '60000' }
    system = await HelpdeskSystem.start({ clock, environment })
    telephony = await startTelephony({
      root,
      agiServers: [`127.0.0.1:${system.agiPorts[0]}`],
      soundsFolder: sounds,
      openTimes: neverOpen,
    })
  })
  afterAll(async () => {
    await telephony?.stop()
    await system?.stop()
    await rm(sounds, { recursive: true, force: true })
  })
  beforeEach(async () => {
    clock.advanceToMonday()
    await system.forgetCodes()
  })
  afterEach(async () => {
    await telephony.hangUpAll()
    await system.startApiAgain()
  })

  const dial = (): Promise<Call> => telephony.dial({ callerId: '2001', extension: '7000', record: true })

  async function answer(call: Call, question: RegExp, keys: string): Promise<void> {
    await call.waitForCommand(question, 30_000)
    await listen(listenMs)
    await call.press(keys)
  }

  /** As far as the question whether this is them; the API goes while they hear it, and they say yes. */
  async function loseApiAtTheName(): Promise<Call> {
    const call = await dial()
    await answer(call, /ura\/main-menu/, '1')
    await answer(call, /ura\/ask-registration/, '1001#')
    await answer(call, /ura\/ask-access-code/, (await system.newestCode()) ?? 'none')
    await call.waitForCommand(/ura\/confirm-name-after/, 30_000)
    await system.stopApi()
    await listen(listenMs)
    await call.press('1')
    return call
  }

  /** What the service played to the end of the call, each of it found in the recording of the caller's ear. */
  async function heardBy(call: Call): Promise<string[]> {
    const files = filesPlayed(call.uraEvents).filter((file) => !file.startsWith('http'))
    const heard = findInOrder(await call.stopRecording(), await soundsOf(files, sounds))
    expect(heard.filter(({ score }) => score < heardScore)).toEqual([])
    return heard.map(({ name }) => name.replace('ura/', ''))
  }

  async function recordOf(call: Call): Promise<unknown> {
    await expect.poll(() => system.activity().records, { timeout: 30_000 }).toBe(0)
    await expect.poll(() => system.spooled(), { timeout: 30_000 }).toBe(0)
    const [record] = await system.ticketApi.callRecords(call.uraUniqueId)
    return record
  }

  it('the API is down for a check, in office hours: an apology and a technician', async () => {
    const call = await loseApiAtTheName()
    await telephony.technician.nextCall(30_000)
    await call.hangup()
    const heard = await heardBy(call)
    expect(heard.filter((name) => name !== 'one-moment').slice(-2)).toEqual([
      'system-unavailable',
      'transferring',
    ])
    expect(heard).toContain('one-moment')
    await system.startApiAgain()
    expect(await recordOf(call)).toMatchObject({ resultado: 'transferred', usuario: '1001' })
  })

  it('the API is down for a check, out of office hours: an apology and goodbye', async () => {
    clock.advanceToSunday()
    const call = await loseApiAtTheName()
    await call.ended
    expect((await heardBy(call)).filter((name) => name !== 'one-moment').slice(-2)).toEqual([
      'system-unavailable',
      'goodbye',
    ])
    await system.startApiAgain()
    expect(await recordOf(call)).toMatchObject({ resultado: 'failed', usuario: '1001' })
  })

  it('the API is down when the ticket is created: the request is registered, and one ticket follows', async () => {
    const call = await dial()
    await answer(call, /ura\/main-menu/, '1')
    await answer(call, /ura\/ask-registration/, '1001#')
    await answer(call, /ura\/ask-access-code/, (await system.newestCode()) ?? 'none')
    await answer(call, /ura\/confirm-name-after/, '1')
    await answer(call, /GET OPTION "http/, '2')
    await call.waitForCommand(/GET OPTION "http/, 30_000)
    await system.stopApi()
    await listen(listenMs)
    await call.press('2')
    await call.waitForCommand(/ura\/ticket-registered-offline/, 30_000)
    expect(await system.spooled()).toBeGreaterThan(0)
    await call.ended
    expect((await heardBy(call)).slice(-2)).toEqual(['ticket-registered-offline', 'goodbye'])

    const messagesBefore = system.messages.length
    await system.startApiAgain()
    const record = await recordOf(call)
    const tickets = await system.api.db
      .selectFrom('tickets')
      .selectAll()
      .where('call_id', '=', call.uraUniqueId)
      .execute()
    expect(tickets).toHaveLength(1)
    await expect.poll(() => system.messages.length, { timeout: 30_000 }).toBe(messagesBefore + 1)
    const protocol = /\d{5,}/.exec(system.messages.at(-1)?.text ?? '')?.[0]
    expect(record).toMatchObject({ resultado: 'ticket_opened', protocolos: [protocol] })
  })

  it('WhatsApp is down: the code can not be sent, and a person helps', async () => {
    await system.stopGateway()
    const call = await dial()
    await answer(call, /ura\/main-menu/, '1')
    await answer(call, /ura\/ask-registration/, '1001#')
    await telephony.technician.nextCall(60_000)
    await call.hangup()
    expect((await heardBy(call)).filter((name) => name !== 'one-moment')).toEqual([
      'main-menu',
      'ask-registration',
      'access-code-undeliverable',
      'transferring',
    ])
    expect(await recordOf(call)).toMatchObject({ resultado: 'transferred' })
  })
})
