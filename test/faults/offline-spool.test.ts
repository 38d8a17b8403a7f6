import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ScriptedCaller } from '@ura/agi/testing/scripted-caller'
import { openDatabase } from '@ura/api/database/connection'
import { protocolOf } from '@ura/api/tickets/protocol'
import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { createGateway, type Gateway } from '@ura/whatsapp-gateway/app'
import { readGatewayConfiguration } from '@ura/whatsapp-gateway/config'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WhatsAppInbox } from '../../scripts/phone/whatsapp-inbox.ts'
import { freeTcpPorts } from '../../scripts/real-parts/free-port.ts'
import { recordFigure } from '../../scripts/test/figures.ts'
import { type AgiProcess, metricOf, startAgiProcess } from './agi-process.ts'
import { clientToken, startApiProcess } from './api-process.ts'

/** `API_KILLS` kills it more often. */
const kills = Number(process.env['API_KILLS'] ?? 10)
const timeoutMs = 60_000 + kills * 60_000
const gatewayToken = 'token-of-the-gateway-in-fault-tests'
/** From the last digit: before the request is sent, in the middle of it, or behind the answer. */
const killMsMax = 60
/** Sometimes within the call's budget, which is 4 s here, and sometimes behind it. */
const awayMsMax = 2_000

let folder: string
let gateway: Gateway
let inbox: WhatsAppInbox
let apiEnvironment: Record<string, string>
let agiEnvironment: Record<string, string>
const texts: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ura-spool-fault-'))
  gateway = await createGateway(
    readGatewayConfiguration({ DATA_DIR: folder, GATEWAY_PORT: '0', GATEWAY_TOKEN: gatewayToken }),
    { clock: systemClock, log: createLogger({ service: 'gateway', level: 'silent' }) },
  )
  const { url: GATEWAY_URL } = await gateway.listen()
  const arrived = ({ text }: { text: string }): void => void texts.push(text)
  inbox = await WhatsAppInbox.open({ url: GATEWAY_URL, token: gatewayToken, arrived })
  const [apiPort = 0] = await freeTcpPorts(1)
  apiEnvironment = {
    DATA_DIR: folder,
    API_PORT: String(apiPort),
    GATEWAY_URL,
    ACCESS_CODES_PER_WINDOW: '50',
  }
  agiEnvironment = {
    DATA_DIR: folder,
    TICKET_API_URL: `http://127.0.0.1:${apiPort}`,
    HELPDESK_API_TOKEN: clientToken,
    API_BUDGET_MS: '4000',
  }
})

afterAll(async () => {
  await inbox.close()
  await gateway.close()
  await rm(folder, { recursive: true, force: true })
})

/** Calls and opens a ticket; `lastDigit` is told when its last digit is keyed. Gives what the caller heard. */
async function openByPhone(agi: AgiProcess, callId: string, lastDigit: () => void): Promise<string[]> {
  await inbox.forgetCodes()
  const groups = ['1', `100${1 + (Number(callId.split('.')[1]) % 4)}#`, '{code}', '1', '2', '2']
  let keyed = 0
  const scripted = new ScriptedCaller({
    groups,
    newestCode: () => inbox.takeNewestCode(),
    keyed: () => {
      keyed += 1
      if (keyed === groups.length) {
        lastDigit()
      }
    },
  })
  const call = agi.telephone.dial({ asked: scripted.asked }, { linkedId: callId, speed: 1 })
  await call.ended
  return call.played.map((file) => file.slice(file.lastIndexOf('/') + 1))
}

const depth = (agi: AgiProcess) => metricOf(agi.url, 'ura_agi_spool_depth')

/** The tickets of a call, as the database has them, and its record; `told` is null while there is none. */
async function ticketsOf(
  callId: string,
): Promise<{ protocols: string[]; told: string[] | null; outcome: string | null }> {
  const db = openDatabase(`sqlite:${folder}/helpdesk.sqlite`)
  try {
    const rows = await db.selectFrom('tickets').select('id').where('call_id', '=', callId).execute()
    const record = await db
      .selectFrom('calls')
      .select(['protocols', 'outcome'])
      .where('call_id', '=', callId)
      .executeTakeFirst()
    return {
      protocols: rows.map(({ id }) => protocolOf(id)),
      told: record === undefined ? null : (JSON.parse(record.protocols) as string[]),
      outcome: record?.outcome ?? null,
    }
  } finally {
    await db.destroy()
  }
}

describe('a ticket API that is killed between the last digit and the ticket', () => {
  it(
    'has exactly one ticket of that call when it is back, and the record of the call has it',
    async () => {
      await using agi = await startAgiProcess(agiEnvironment)
      const heard = { 'ticket-opened': 0, 'ticket-registered-offline': 0 }
      await using started = new AsyncDisposableStack()
      const startApi = async () => started.use(await startApiProcess({ environment: apiEnvironment }))
      let api = await startApi()
      for (let kill = 1; kill <= kills; kill += 1) {
        const callId = `1795360430.${kill}`
        const [killMs, awayMs] = [Math.random() * killMsMax, Math.random() * awayMsMax]
        const killed = Promise.withResolvers<unknown>()
        const lastDigit = Promise.withResolvers<'keyed'>()
        const call = openByPhone(agi, callId, () => {
          lastDigit.resolve('keyed')
          void pause(killMs).then(() => {
            api.kill('SIGKILL')
            return killed.resolve(api.ended)
          })
        })
        const early = await Promise.race([lastDigit.promise, call])
        expect(early, 'heard, and the last digit was never keyed').toBe('keyed')
        await killed.promise
        await pause(awayMs)
        api = await startApi()
        const last = (await call).findLast((name) => name in heard) as keyof typeof heard | undefined
        expect([callId, last ?? 'nothing']).not.toContain('nothing')
        heard[last ?? 'ticket-opened'] += 1
        await expect
          .poll(async () => (await ticketsOf(callId)).told, { timeout: 60_000, interval: 100 })
          .not.toBeNull()
        const { protocols, told, outcome } = await ticketsOf(callId)
        expect([protocols.length, told, outcome]).toEqual([1, protocols, 'ticket_opened'])
      }
      expect(await depth(agi)).toBe(0)
      recordFigure(
        'API killed between the last digit and the ticket',
        `${kills} times: one ticket each; ${heard['ticket-opened']} protocols spoken, ` +
          `${heard['ticket-registered-offline']} sent from the spool`,
      )
    },
    timeoutMs,
  )
})

describe('a FastAGI service that is killed with requests in its spool', () => {
  it('sends them when it is started again, and lets nobody else have its folder meanwhile', async () => {
    const callId = '1795360499.1'
    const spool = { ...agiEnvironment, AGI_SPOOL_DIR: join(folder, 'own-spool') }
    await using api = await startApiProcess({ environment: apiEnvironment })
    {
      await using first = await startAgiProcess(spool)
      const heard = await openByPhone(first, callId, () => api.kill('SIGKILL'))
      expect(heard.slice(-2)).toEqual(['ticket-registered-offline', 'goodbye'])
      await expect.poll(() => depth(first), { timeout: 20_000 }).toBe(2)
      await expect(startAgiProcess(spool)).rejects.toThrow('in use by another FastAGI service')
      first.kill('SIGKILL')
      await first.ended
    }
    await using second = await startAgiProcess(spool)
    expect(await depth(second)).toBe(2)
    await using back = await startApiProcess({ environment: apiEnvironment })
    expect(back.pid).toBeGreaterThan(0)
    await expect.poll(() => depth(second), { timeout: 60_000 }).toBe(0)
    const { protocols, told, outcome } = await ticketsOf(callId)
    expect([protocols.length, told, outcome]).toEqual([1, protocols, 'ticket_opened'])
    // The protocol reaches the caller the ordinary way.
    await expect.poll(() => texts.filter((text) => text.includes(protocols[0] ?? 'none')).length).toBe(1)
  }, 120_000)
})
