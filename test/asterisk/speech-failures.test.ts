import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as listen } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { promptTexts } from '@ura/agi/prompts/pt-br'
import { createEspeakSynthesizer } from '@ura/api/speech/espeak-synthesizer'
import { spokenDigits } from '@ura/api/speech/spoken-text'
import { type Synthesizer, SpeechUnavailableError } from '@ura/api/speech/synthesizer'
import { recordFigure } from '../../scripts/test/figures.ts'
import { findInOrder, heardScore } from '../listening/audio-match.ts'
import { filesPlayed, soundsOf } from '../listening/heard-files.ts'
import { writeNoisePrompts } from '../listening/noise-prompts.ts'
import { HelpdeskSystem } from '../support/helpdesk-system.ts'
import { type PollyDoor, pollyDoors } from '../support/polly-door.ts'
import { spokenBy } from '../support/spoken-by.ts'
import { TestClock } from '../support/test-clock.ts'
import type { Call } from './call.ts'
import { findAsteriskRoot } from './real-asterisk.ts'
import { startTelephony, type Telephony } from './telephony.ts'

const root = await findAsteriskRoot()
/** More of a prompt than is compared of it. */
const listenMs = 1_300
/** Before a recording stands in: Asterisk asks four times, a second each (res_http_media_cache.conf). */
const silenceMaxMs = 4_000 + 1_000

/** Seven menus, and ten digits in two ways. */
const spokenAhead = 27

type Refusal = (response: ServerResponse) => void

/** Where Asterisk fetches audio: hands on to the API, or does what it is told instead. */
async function startAudioFront() {
  const front = { apiUrl: '', url: '', refuse: null as Refusal | null, close: async () => {} }
  const server = createServer((request, response) => {
    if (front.refuse !== null) {
      front.refuse(response)
      return
    }
    void handOn(`${front.apiUrl}${request.url}`, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  front.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  front.close = async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  return front
}

async function handOn(address: string, response: ServerResponse): Promise<void> {
  const answer = await fetch(address)
  const body = Buffer.from(await answer.arrayBuffer())
  response.writeHead(answer.status, { 'content-type': 'audio/x-wav', 'cache-control': 'max-age=60' })
  response.end(body)
}

describe.runIf(root !== '')('a call on a real Asterisk while speech fails', () => {
  const clock = new TestClock()
  const espeak = createEspeakSynthesizer()
  let isEmbeddedMute = false
  const embedded: Synthesizer = {
    ...espeak,
    async synthesize(request, signal) {
      if (isEmbeddedMute) {
        throw new SpeechUnavailableError('mute', { retryable: false })
      }
      return espeak.synthesize(request, signal)
    },
  }
  let pack: string
  let polly: PollyDoor
  let front: Awaited<ReturnType<typeof startAudioFront>>
  let system: HelpdeskSystem
  let telephony: Telephony

  beforeAll(async () => {
    pack = await mkdtemp(join(tmpdir(), 'ura-pack-'))
    await writeNoisePrompts(pack, Object.keys(promptTexts))
    polly = await pollyDoors['api-gateway']()
    polly.door.fault = { kind: 'error', statusCode: 500, name: 'ServiceException' }
    front = await startAudioFront()
    system = await HelpdeskSystem.start({
      clock,
      environment: { ...polly.environment, API_PUBLIC_URL: front.url },
      synthesizer: embedded,
    })
    front.apiUrl = system.apiUrl
    const agiServers = [`127.0.0.1:${system.agiPorts[0]}`] as const
    telephony = await startTelephony({ root, agiServers, soundsFolder: pack })
    // What is spoken ahead of all calls keeps the machine busy, and what is heard then is not the matter here.
    while ((await spokenTexts()) < spokenAhead) await listen(500)
  })
  afterAll(async () => {
    await telephony?.stop()
    await system?.stop()
    await front?.close()
    await polly?.close()
    await espeak.close()
    await rm(pack, { recursive: true, force: true })
  })
  // Each test has a week of its own, so that no limit of codes reaches from one into the next.
  beforeEach(() => clock.advanceToMonday())
  afterEach(async () => {
    isEmbeddedMute = false
    front.refuse = null
    await telephony.hangUpAll()
  })

  async function spokenTexts(): Promise<number> {
    const text = await system.api.metrics.metrics()
    return Number(/^ura_speech\{count="synthesized"\} (\d+)$/m.exec(text)?.[1] ?? 0)
  }

  async function answer(call: Call, question: RegExp, keys: string): Promise<void> {
    await call.waitForCommand(question, 30_000)
    await listen(listenMs)
    await call.press(keys)
  }

  /** Opens a ticket, listens to the end and gives what was heard, with the protocol. */
  async function openTicket(user: string) {
    await system.forgetCodes()
    const call = await telephony.dial({ callerId: '2001', extension: '7000', record: true })
    await answer(call, /ura\/main-menu/, '1')
    await answer(call, /ura\/ask-registration/, `${user}#`)
    await answer(call, /ura\/ask-access-code/, (await system.newestCode()) ?? 'none')
    await answer(call, /ura\/confirm-name-after/, '1')
    await answer(call, /GET OPTION "http/, '2')
    await answer(call, /GET OPTION "http/, '2')
    await call.waitForCommand(/ura\/after-ticket/, 60_000)
    await listen(listenMs)
    await call.hangup()
    const protocol = system.messages.at(-1)?.text.match(/\d{5,}/)?.[0] ?? 'none'
    return { heard: await heardBy(call), protocol }
  }

  /** What was played, each of it found in the recording of the caller's ear, in order. */
  async function heardBy(call: Call): Promise<string[]> {
    const files = filesPlayed(call.uraEvents).filter((file) => file !== 'ura/one-moment')
    const heard = findInOrder(await call.stopRecording(), await soundsOf(files, pack))
    expect(heard.filter(({ score }) => score < heardScore)).toEqual([])
    return Promise.all(files.map(nameOf))
  }

  async function nameOf(file: string): Promise<string> {
    if (!file.startsWith('http')) {
      return file.replace('ura/', '')
    }
    const { speaker, text } = spokenBy(Buffer.from(await (await fetch(file)).arrayBuffer()))
    return `${speaker}: ${text}`
  }

  it('hears the embedded voice say name, menus and protocol when Polly fails', async () => {
    const { heard, protocol } = await openTicket('1001')
    const digits = expect.stringContaining(spokenDigits(protocol))
    expect(heard.slice(4)).toEqual([
      'confirm-name-before',
      'embedded voice: João da Conceição',
      'confirm-name-after',
      expect.stringMatching(/^embedded voice: .*tecle 1/),
      expect.stringMatching(/^embedded voice: .*tecle 1/),
      'ticket-opened',
      digits,
      digits,
      'after-ticket',
    ])
    expect(heard.filter((name) => name.startsWith('embedded voice'))).toHaveLength(5)
  })

  it('hears the protocol from digits spoken before, and no name, when the embedded voice fails as well', async () => {
    isEmbeddedMute = true
    const { heard, protocol } = await openTicket('1002')
    const digits = `embedded voice: ${spokenDigits(protocol)}`
    expect(heard.slice(3)).toEqual([
      'ask-access-code',
      'confirm-name-after',
      expect.stringMatching(/^embedded voice: .*tecle 1/), // made before
      expect.stringMatching(/^embedded voice: .*tecle 1/),
      'ticket-opened',
      digits,
      digits,
      'after-ticket',
    ])
  })

  const refusals: [string, Refusal][] = [
    ['is gone', (response) => response.writeHead(404).end()],
    ['is an error', (response) => response.writeHead(500).end()],
    ['is empty', (response) => response.writeHead(200, { 'content-type': 'audio/x-wav' }).end()],
    [
      'is a page',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Wi-Fi</p>'.repeat(99)),
    ],
    [
      'is cut off',
      (response) =>
        response.writeHead(200, { 'content-length': 9_000 }).write('RIFF', () => response.destroy()),
    ],
    ['never comes', () => {}],
  ]

  it.each(refusals)('hears a recording of the status within 4 s when the audio %s', async (what, refuse) => {
    const key = what.replaceAll(' ', '-')
    const request = { userCode: '1003', service: '2-2', callId: key, idempotencyKey: key }
    const { protocolo: protocol } = await system.ticketApi.openTicket(request)
    front.refuse = refuse
    const call = await telephony.dial({ callerId: '2001', extension: '7000', record: true })
    await answer(call, /ura\/main-menu/, '2')
    await answer(call, /ura\/ask-registration/, '1003#')
    await answer(call, /ura\/ask-ticket/, `${protocol}#`)
    const asked = await call.waitForCommand(/STREAM FILE "http/, 30_000)
    const replaced = await call.waitForCommand(/ura\/status-open/, 60_000)
    await call.waitForCommand(/ura\/after-status/, 30_000)
    await listen(listenMs)
    await call.hangup()
    const silenceMs = (Number(replaced['Timestamp']) - Number(asked['Timestamp'])) * 1_000
    const files = filesPlayed(call.uraEvents).filter(
      (file) => file.startsWith('ura/status') || file === 'ura/after-status',
    )
    const heard = findInOrder(await call.stopRecording(), await soundsOf(files, pack))
    expect(heard).toMatchObject([{ name: 'ura/status-open' }, { name: 'ura/after-status' }])
    expect(heard.filter(({ score }) => score < heardScore)).toEqual([])
    expect(silenceMs).toBeLessThan(silenceMaxMs)
    recordFigure(`silence on the real Asterisk when the audio ${what}`, `${silenceMs.toFixed(0)} ms`)
  })
})
