import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as listen } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { promptIds } from '@ura/agi/prompts/ids'
import type { Synthesizer } from '@ura/api/speech/synthesizer'
import { findInOrder, heardScore } from '../listening/audio-match.ts'
import { soundsOf } from '../listening/heard-files.ts'
import { noisePrompt, writeNoisePrompts } from '../listening/noise-prompts.ts'
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy.ts'
import { HelpdeskSystem } from '../support/helpdesk-system.ts'
import { TestClock } from '../support/test-clock.ts'
import type { AmiMessage } from './ami.ts'
import type { Call } from './call.ts'
import { findAsteriskRoot } from './real-asterisk.ts'
import { neverOpen, startTelephony, type Telephony } from './telephony.ts'

const root = await findAsteriskRoot()
/** How long the caller of these tests listens before keying over a prompt: more than is compared of it. */
const listenMs = 1_300
/** A whole call takes up to a minute of real time. */
const callTimeoutMs = 150_000

/** 7200: the example; 7201: a dialplan that believes what it is told; 7202: an audio that goes after its use. */
const ownMenus = `
exten => 7200,1,Goto(ura-example,s,1)
exten => 7201,1,Answer()
 same => n,MSet(cod_user=1002,cod_ver=1)
 same => n,Gosub(ura-step-open-ticket,s,1(,2-3))
 same => n,Goto(tell,s,1)
exten => 7202,1,Answer()
 same => n,Gosub(ura-step-verify-user,s,1(1001))
 same => n,Gosub(ura-step-play,s,1)
 same => n,Gosub(ura-step-remove-audio,s,1(\${audio_name}))
 same => n,Goto(tell,s,1)

[tell]
exten => s,1,UserEvent(Told,Result: \${URA_RESULT},Protocol: \${URA_PROTOCOL},Audio: \${audio_name})
 same => n,Wait(60)
`

/** Prompts and speech are noise that only their name or text decides: what counts here is which were heard. */
describe.runIf(root !== '')(
  'menus of the administrator’s own on a real Asterisk, through the trunk',
  { timeout: callTimeoutMs },
  () => {
    const clock = new TestClock()
    let packFolder: string
    let system: HelpdeskSystem
    let proxy: CuttingProxy
    let telephony: Telephony

    beforeAll(async () => {
      packFolder = await mkdtemp(join(tmpdir(), 'ura-pack-'))
      await writeNoisePrompts(packFolder, promptIds)
      const synthesizer: Synthesizer = { name: 'noise', synthesize: async ({ text }) => noisePrompt(text) }
      system = await HelpdeskSystem.start({
        clock,
        synthesizer,
        agiServers: 2,
        environment: { API_BUDGET_MS: '8000' },
      })
      const [first = 0, second = 0] = system.agiPorts
      proxy = await startCuttingProxy(first)
      telephony = await startTelephony({
        root,
        agiServers: [`127.0.0.1:${proxy.port}`, `127.0.0.1:${second}`],
        soundsFolder: packFolder,
        openTimes: neverOpen,
        dialplanFiles: ['ura-steps.conf', 'example-call.conf', 'example-ivr.conf'],
        extraExtensions: ownMenus,
      })
    })
    afterAll(async () => {
      await telephony?.stop()
      await proxy?.stop()
      await system?.stop()
      await rm(packFolder, { recursive: true, force: true })
    })
    // Each test has a week of its own, so that no limit of codes reaches from one into the next.
    beforeEach(() => clock.advanceToMonday())
    afterEach(() => telephony.hangUpAll())

    const dial = (extension = '7200', record = false): Promise<Call> =>
      telephony.dial({ callerId: '2001', extension, record })

    /** Waits until the dialplan plays a file: an application and part of its argument. */
    const played = (call: Call, file: string, timeoutMs = 30_000): Promise<AmiMessage> =>
      call.waitForUraEvent(
        file,
        ({ Event, Application = '', AppData = '' }) =>
          Event === 'Newexten' &&
          /^(?:Playback|BackGround|Read)$/i.test(Application) &&
          AppData.includes(file),
        timeoutMs,
      )

    async function answer(call: Call, question: string, keys: string): Promise<void> {
      await played(call, question)
      await listen(listenMs)
      await call.press(keys)
    }

    async function identify(call: Call): Promise<void> {
      await system.forgetCodes()
      await answer(call, 'ura/main-menu', '1')
      await answer(call, 'ura/ask-registration', '1001#')
      await played(call, 'ura/ask-access-code')
      await listen(listenMs)
      await call.press((await system.newestCode()) ?? 'none')
      await answer(call, 'ura/confirm-name-after', '1')
    }

    /** Category 2, service 2: "Computador não liga". */
    async function choose(call: Call): Promise<void> {
      await answer(call, 'ura/category-menu', '2')
      await answer(call, 'ura/service-menu', '2')
    }

    async function tickets(): Promise<{ call_id: string | null; user_id: number; service: string }[]> {
      return system.api.db
        .selectFrom('tickets')
        .innerJoin('catalogue_services', 'catalogue_services.id', 'tickets.service_id')
        .select(['tickets.call_id', 'tickets.user_id', 'catalogue_services.code as service'])
        .orderBy('tickets.id')
        .execute()
    }
    const ticketsOf = async (call: Call) =>
      (await tickets()).filter(({ call_id }) => call_id === call.uraUniqueId)

    /** Which of the files the caller heard, in this order. */
    async function heardBy(call: Call, files: string[]): Promise<string[]> {
      const heard = findInOrder(await call.stopRecording(), await soundsOf(files, packFolder))
      return heard.filter(({ score }) => score >= heardScore).map(({ name }) => name)
    }

    /** The addresses of speech that the dialplan played, in order. */
    const addresses = (call: Call): string[] =>
      call.uraEvents
        .filter(({ Event, Application }) => Event === 'Newexten' && Application === 'Playback')
        .flatMap(({ AppData = '' }) => (AppData.startsWith('http') ? AppData : []))

    it('open two tickets in one call, for a caller who was identified, and say name and protocols', async () => {
      const call = await dial('7200', true)
      await identify(call)
      await choose(call)
      await answer(call, 'ura/after-ticket', '1')
      await choose(call)
      await played(call, 'ura/after-ticket')
      await listen(listenMs)
      await call.hangup()
      expect(await ticketsOf(call)).toMatchObject([
        { service: 'computador-nao-liga' },
        { service: 'computador-nao-liga' },
      ])
      const [name = '', first = '', , second = ''] = addresses(call)
      expect(addresses(call)).toEqual([name, first, first, second, second])
      const files = [
        'ura/main-menu',
        'ura/ask-registration',
        'ura/access-code-sent',
        'ura/ask-access-code',
        'ura/confirm-name-before',
        name,
        'ura/confirm-name-after',
        'ura/category-menu',
        'ura/service-menu',
        'ura/ticket-opened',
        first,
        first,
        'ura/after-ticket',
        'ura/category-menu',
        'ura/service-menu',
        'ura/ticket-opened',
        second,
        second,
        'ura/after-ticket',
      ]
      expect(await heardBy(call, files)).toEqual(files.map((file) => file.replace(/^http.*\//, '')))
    })

    it('tell the status of the caller’s own ticket, and of nobody else’s', async () => {
      const open = (userCode: string) =>
        system.ticketApi.openTicket({ userCode, service: '2-2', callId: 'none', idempotencyKey: userCode })
      const [own, other] = [await open('1001'), await open('1002')]
      const call = await dial('7200', true)
      await answer(call, 'ura/main-menu', '2')
      await answer(call, 'ura/ask-registration', '1001#')
      await answer(call, 'ura/ask-ticket', `${other.protocolo}#`)
      await played(call, 'ura/ticket-not-found')
      await answer(call, 'ura/ask-ticket', `${own.protocolo}#`)
      await played(call, 'ura/after-status')
      await listen(listenMs)
      await call.hangup()
      const [status = ''] = addresses(call)
      const files = ['ura/ticket-not-found', 'ura/ask-ticket', status, 'ura/after-status']
      expect(await heardBy(call, files)).toEqual(files.map((file) => file.replace(/^http.*\//, '')))
    })

    it('let nobody in with a wrong code, and send a new one for an asterisk', async () => {
      await system.forgetCodes()
      const call = await dial()
      await answer(call, 'ura/main-menu', '1')
      await answer(call, 'ura/ask-registration', '1001#')
      await answer(call, 'ura/ask-access-code', '*#')
      await played(call, 'ura/access-code-resent')
      const code = (await system.newestCode()) ?? 'none'
      await answer(call, 'ura/ask-access-code', code === '1111' ? '2222' : '1111')
      await played(call, 'ura/wrong-access-code')
      await answer(call, 'ura/ask-access-code', code)
      await played(call, 'ura/confirm-name-after')
      await call.hangup()
      const trials = system.api.db.selectFrom('audit_log').select('detail').where('event', '=', 'code_tried')
      const results = (await trials.orderBy('id', 'desc').limit(2).execute()).map(({ detail }) => detail)
      expect(results).toEqual(['{"result":"right"}', '{"result":"incorreto"}'])
    })

    it('open nothing in the name of somebody who keyed no access code, whatever the dialplan believes', async () => {
      const call = await dial('7201')
      const told = await call.waitForUraEvent('the end', ({ UserEvent }) => UserEvent === 'Told')
      expect(told).toMatchObject({ Result: 'not_identified', Protocol: '' })
      expect(await ticketsOf(call)).toEqual([])
    })

    it('remove an audio after its use', async () => {
      const call = await dial('7202', true)
      const told = await call.waitForUraEvent('the end', ({ UserEvent }) => UserEvent === 'Told', 30_000)
      expect(told).toMatchObject({ Result: 'ok', Audio: expect.stringMatching(/\.wav$/) })
      await call.hangup()
      const [name = ''] = addresses(call)
      expect((await fetch(name)).status).toBe(404)
    })

    describe('the technician', () => {
      it('is reached in office hours, and sees who keyed the access code', async () => {
        const call = await dial()
        await identify(call)
        await played(call, 'ura/category-menu')
        await call.press('*')
        await answer(call, 'ura/main-menu', '3')
        expect(await telephony.technician.nextCall(20_000)).toMatchObject({
          callerName: '1001',
          callerNumber: '2001',
        })
        await call.hangup()
      })

      it('is not reached outside: the announcement, then the ticket', async () => {
        clock.advanceToSunday()
        const before = telephony.technician.calls.length
        const call = await dial('7200', true)
        await answer(call, 'ura/main-menu', '3')
        await played(call, 'ura/ask-registration')
        await listen(listenMs)
        await call.hangup()
        const files = ['ura/main-menu', 'ura/out-of-hours', 'ura/ask-registration']
        expect(await heardBy(call, files)).toEqual(files)
        expect(telephony.technician.calls).toHaveLength(before)
      })
    })

    it('stop within 1 s when the caller hangs up in mid-step', async () => {
      const call = await dial()
      await answer(call, 'ura/main-menu', '1')
      await played(call, 'ura/ask-registration')
      await listen(listenMs)
      await call.press('1001#')
      await call.waitForUraEvent(
        'a step',
        ({ Event, Application }) => Event === 'Newexten' && Application === 'AGI',
      )
      const hungUpAt = performance.now()
      await call.hangup()
      while (system.activity().calls > 0) await listen(5)
      expect(performance.now() - hungUpAt).toBeLessThan(1_000)
    })

    it('open one ticket when the server dies after it was opened and before it is told', async () => {
      const call = await dial('7200', true)
      await identify(call)
      const cut = proxy.cutAt(/URA_PROTOCOL=\d/)
      await choose(call)
      await cut
      await played(call, 'ura/after-ticket')
      await listen(listenMs)
      await call.hangup()
      expect(await ticketsOf(call)).toHaveLength(1)
      const [, protocol = ''] = addresses(call)
      const files = ['ura/ticket-opened', protocol, protocol, 'ura/after-ticket']
      expect(await heardBy(call, files)).toEqual(files.map((file) => file.replace(/^http.*\//, '')))
    })

    // The last ones: what they stop stays stopped.
    it('apologise and say goodbye when the API is down', async () => {
      const call = await dial('7200', true)
      await identify(call)
      await played(call, 'ura/category-menu')
      await system.stopApi()
      await listen(listenMs)
      await call.press('2')
      await answer(call, 'ura/service-menu', '2')
      await call.ended
      const files = ['ura/service-menu', 'ura/system-unavailable', 'ura/out-of-hours', 'ura/goodbye']
      expect(await heardBy(call, files)).toEqual(files)
    })

    it('apologise and go to the queue in emergency hours when no server is left', async () => {
      await Promise.all([system.stopAgi(0), system.stopAgi(1), proxy.stop()])
      await telephony.setGlobal('URA_HOURS', '*,*,*,*')
      const call = await dial('7200', true)
      await answer(call, 'ura/main-menu', '1')
      await answer(call, 'ura/ask-registration', '1001#')
      await telephony.technician.nextCall(20_000)
      await call.hangup()
      const files = ['ura/ask-registration', 'ura/system-unavailable', 'ura/transferring']
      expect(await heardBy(call, files)).toEqual(files)
    })
  },
)
