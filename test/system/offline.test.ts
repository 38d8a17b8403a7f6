import type { FinishedCall } from '@ura/agi/testing/telephone'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HelpdeskSystem } from '../support/helpdesk-system.ts'
import { TestClock } from '../support/test-clock.ts'

/** Whole calls whose API goes away in the middle: the rows of the call flow's table "When something breaks" about it. */
let clock: TestClock
let system: HelpdeskSystem

beforeEach(async () => {
  clock = new TestClock()
  // A step gives up after 3 s, as it does after 15 in earnest.
  // On a busy machine nothing else is refused.
  const environment = { API_BUDGET_MS: '3000', API_EVENT_LOOP_DELAY_MAX_MS: '60000' }
  system = await HelpdeskSystem.start({ clock, environment })
})
afterEach(() => system.stop())

/** A call of 1001 for a ticket; the API is stopped while the caller hears that question. */
function callLosingApi(isQuestion: (file: string, audios: number) => boolean): Promise<FinishedCall> {
  let audios = 0
  return system.telephone.call('1 1001# {code} 1 2 2', {
    linkedId: '17.1',
    speed: 1,
    newestCode: system.newestCode,
    hears: async (file) => {
      audios += file.includes('/audio/') ? 1 : 0
      if (isQuestion(file, audios)) {
        await system.stopApi()
      }
    },
  })
}

/** Name, categories, services: the third that is spoken is the last question before the ticket. */
const atServices = (file: string, audios: number): boolean => file.includes('/audio/') && audios === 3

/** What was said at the end; how long the waits before it are is the machine's affair. */
const lastTwo = (heard: readonly string[]): string[] =>
  heard.filter((name) => name !== 'one-moment').slice(-2)

async function ticketsOf(callId: string): Promise<number> {
  const { db } = system.api
  return (await db.selectFrom('tickets').select('id').where('call_id', '=', callId).execute()).length
}

describe('an API that goes away at a check', () => {
  const questions = ['ura/ask-registration', 'ura/ask-access-code', 'ura/confirm-name-after']

  it.each(questions)('is told with an apology, and a technician takes the call: %s', async (question) => {
    // Whether technicians are there is known from an earlier call.
    await system.telephone.call('3')
    const { heard, variables } = await callLosingApi((file) => file === question)
    expect(lastTwo(heard)).toEqual(['system-unavailable', 'transferring'])
    expect(variables).toMatchObject({ URA_NEXT: 'queue' })
  })

  it('is told with an apology and goodbye outside office hours; the record is there when it is back', async () => {
    clock.advanceToSunday()
    const { heard } = await callLosingApi((file) => file === 'ura/confirm-name-after')
    expect(lastTwo(heard)).toEqual(['system-unavailable', 'goodbye'])
    await expect.poll(() => system.spooled(), { timeout: 10_000 }).toBe(1)
    await system.startApiAgain()
    await expect.poll(() => system.spooled(), { timeout: 20_000 }).toBe(0)
    expect(await system.ticketApi.callRecords('17.1')).toMatchObject([
      { resultado: 'failed', usuario: '1001', verificado: true },
    ])
    // Known, and lost: somebody is to call back.
    const waiting = await system.api.db.selectFrom('calls').select('callback_state').execute()
    expect(waiting).toEqual([{ callback_state: 'waiting' }])
  })
})

describe('an API that goes away at the creation of the ticket', () => {
  it('opens it when it is back: once, in the record of the call, its protocol by WhatsApp', async () => {
    const { heard, variables } = await callLosingApi(atServices)
    expect(lastTwo(heard)).toEqual(['ticket-registered-offline', 'goodbye'])
    expect(variables).toMatchObject({ URA_NEXT: 'hangup', URA_RESULT: 'ticket_opened', URA_PROTOCOL: '' })
    await expect.poll(() => system.spooled()).toBe(2)
    await system.startApiAgain()
    await expect.poll(() => system.spooled(), { timeout: 20_000 }).toBe(0)
    expect(await ticketsOf('17.1')).toBe(1)
    const [record] = await system.ticketApi.callRecords('17.1')
    expect(record).toMatchObject({ resultado: 'ticket_opened', telefone: '***01' })
    const [protocol = 'none'] = record?.protocolos ?? []
    await expect.poll(() => system.messages.at(-1)?.text).toContain(protocol)
  })
})

describe('a database that goes away at the creation of the ticket', () => {
  it('is as an API that does: the request is registered', async () => {
    let audios = 0
    const { heard } = await system.telephone.call('1 1001# {code} 1 2 2', {
      linkedId: '17.2',
      speed: 1,
      newestCode: system.newestCode,
      hears: async (file) => {
        audios += file.includes('/audio/') ? 1 : 0
        if (audios === 3) {
          await system.api.db.schema.alterTable('tickets').renameTo('tickets_away').execute()
          audios += 1
        }
      },
    })
    expect(lastTwo(heard)).toEqual(['ticket-registered-offline', 'goodbye'])
    await system.api.db.schema.alterTable('tickets_away').renameTo('tickets').execute()
    await expect.poll(() => ticketsOf('17.2'), { timeout: 20_000 }).toBe(1)
  })
})
