import type { Synthesizer } from '@ura/api/speech/synthesizer'
import { SpeechUnavailableError } from '@ura/api/speech/synthesizer'
import { dictatedDigits, everyDigit } from '@ura/api/speech/dictation'
import { breakerOpenMs } from '@ura/api/speech/speech-production'
import { createEspeakSynthesizer } from '@ura/api/speech/espeak-synthesizer'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { mp3Silence } from '../support/fake-aws/fake-audio.ts'
import type { FakeFault } from '../support/fake-aws/fake-service.ts'
import { HelpdeskSystem } from '../support/helpdesk-system.ts'
import { type PollyDoor, pollyDoors } from '../support/polly-door.ts'
import { spokenBy } from '../support/spoken-by.ts'
import { TestClock } from '../support/test-clock.ts'

/** Whole calls while Amazon Polly fails: what the caller hears, how long at most it takes, and what is counted. */

/** The API waits 3.5 s for an audio; the rest is the machine's that the tests run on. */
const silenceMaxMs = 3_500 + 1_500

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
})

const broken: FakeFault = { kind: 'error', statusCode: 500, name: 'ServiceException' }
const mute: Synthesizer = {
  name: 'espeak',
  synthesize: async () => {
    throw new SpeechUnavailableError('mute', { retryable: false })
  },
}

interface Situation extends PollyDoor {
  system: HelpdeskSystem
}

/**
 * The three services speaking by a door to Polly.
 *
 * @param options.embedded Default: the real one. @param options.fault Of Polly, from the start; default none so far.
 */
async function start(
  way: keyof typeof pollyDoors,
  { embedded, fault = null }: { embedded?: Synthesizer; fault?: FakeFault | null } = {},
): Promise<Situation> {
  const door = await pollyDoors[way]()
  door.door.fault = fault
  const system = await HelpdeskSystem.start({
    clock: new TestClock(),
    environment: door.environment,
    synthesizer: embedded ?? createEspeakSynthesizer(),
  })
  onTestFinished(async () => {
    await system.stop()
    await door.close()
  })
  return { system, ...door }
}

/** All menus, and the digits of protocols, have been spoken, so that what follows concerns names alone. */
async function menusSpoken(situation: Situation): Promise<void> {
  const { menu, categorias } = await situation.system.ticketApi.catalogue()
  const menus = [menu, ...categorias.map((category) => category.menu)]
  expect(menus.every(({ url }) => url !== null)).toBe(true)
  const digits = new Set(everyDigit.flatMap((text) => dictatedDigits(text)?.map((digit) => digit.text) ?? []))
  // Not by the metrics, which ask how the voice fares and keep the answer for a while.
  await expect
    .poll(() => situation.door.requests.length, { timeout: 30_000 })
    .toBe(menus.length + digits.size)
}

interface HeardCall {
  /** Prompts by name, texts with their speaker. */
  heard: string[]
  longestWaitMs: number
}

/** Opens a ticket by phone. */
async function openTicket({ system }: Situation, user = '1001'): Promise<HeardCall> {
  let heardAtMs = performance.now()
  let longestWaitMs = 0
  const { played, unusedKeys } = await system.telephone.call(`1 ${user}# {code} 1 2 2`, {
    newestCode: system.newestCode,
    hears: () => {
      longestWaitMs = Math.max(longestWaitMs, performance.now() - heardAtMs)
      heardAtMs = performance.now()
    },
  })
  expect(unusedKeys).toEqual([])
  return { heard: await Promise.all(played.map(nameOf)), longestWaitMs }
}

/** What recordings stood in for, as the log tells it at the end of the call. */
async function expectWithoutSpeech({ system }: Situation, sounds: unknown): Promise<void> {
  const end = (): unknown => JSON.parse(system.logLines.find((line) => line.includes('"call ended"')) ?? '{}')
  await expect.poll(end, { timeout: 10_000 }).toMatchObject({ withoutSpeech: sounds })
}

async function nameOf(file: string): Promise<string> {
  if (!file.startsWith('http')) {
    return file.replace('ura/', '')
  }
  const { speaker, text } = spokenBy(Buffer.from(await (await fetch(file)).arrayBuffer()))
  return `${speaker}: ${text.split(/[.:,]/, 1)[0]}`
}

async function metric({ system }: Situation, line: string): Promise<number> {
  const text = await system.api.metrics.metrics()
  const value = text.split('\n').find((one) => one.startsWith(`${line} `))
  return Number(value?.slice(line.length))
}

describe.each(['api-gateway', 'lambda'] as const)('by %s, when Polly', (way) => {
  const pcm = 'audio/pcm;rate=16000'
  const cutOff = mp3Silence(2_000)
  type Failing = (situation: Situation) => FakeFault | Promise<null>
  const rows: [string, Failing, string, 'fast' | 'slow'][] = [
    ['is not there', async ({ door }) => door.close().then(() => null), 'unreachable', 'fast'],
    ['cuts the connection in mid-sound', () => ({ kind: 'cut-off' }), 'unreachable', 'fast'],
    ['never answers', () => ({ kind: 'stall' }), 'slow', 'slow'],
    ['stops in mid-sound', () => ({ kind: 'stall-in-body' }), 'slow', 'slow'],
    [
      'throttles',
      () => ({ kind: 'error', statusCode: 429, name: 'TooManyRequestsException' }),
      'throttled',
      'fast',
    ],
    ['is broken', () => broken, 'failed', 'fast'],
    [
      'refuses the rights',
      () => ({ kind: 'error', statusCode: 403, name: 'AccessDeniedException' }),
      'refused',
      'fast',
    ],
    ['sends an empty sound', ({ lie }) => lie(pcm, Buffer.alloc(0)), 'no_sound', 'fast'],
    ['sends silence', ({ lie }) => lie(pcm, Buffer.alloc(32_000)), 'no_sound', 'fast'],
    [
      'sends a page instead of a sound',
      ({ lie }) => lie('text/html', Buffer.from('<p>Wi-Fi')),
      'no_sound',
      'fast',
    ],
    ['sends a page as a sound', ({ lie }) => lie('audio/mpeg', Buffer.from('<p>Wi-Fi')), 'no_sound', 'fast'],
    [
      'sends an MP3 that was cut off',
      ({ lie }) => lie('audio/mpeg', cutOff.subarray(0, cutOff.length - 100)),
      'no_sound',
      'fast',
    ],
  ]

  it.each(rows)(
    '%s, the embedded voice says what is new, and Polly what it has said before',
    async (_what, failing, reason, pace) => {
      const situation = await start(way)
      await menusSpoken(situation)
      situation.door.fault = await failing(situation)

      const { heard, longestWaitMs } = await openTicket(situation)
      // Where Polly takes long the caller is told to wait; where not, only a slow machine leads to that.
      const moments = heard.filter((name) => name === 'one-moment')
      expect(moments.length).toBeGreaterThanOrEqual(pace === 'slow' ? 1 : 0)
      expect(heard.filter((name) => name !== 'one-moment')).toEqual([
        'main-menu',
        'ask-registration',
        'access-code-sent',
        'ask-access-code',
        'confirm-name-before',
        'embedded voice: João da Conceição',
        'confirm-name-after',
        expect.stringMatching(/^Polly: /),
        expect.stringMatching(/^Polly: /),
        'ticket-opened',
        expect.stringMatching(/^Polly: /),
        expect.stringMatching(/^Polly: /),
        'after-ticket',
      ])
      expect(longestWaitMs).toBeLessThan(silenceMaxMs)
      expect(await metric(situation, `ura_speech_fallbacks_total{reason="${reason}"}`)).toBe(1)
      expect(await metric(situation, 'ura_speech{count="failures"}')).toBe(0)
    },
  )

  it('and the embedded voice both fail, a neutral question stands for the name', async () => {
    const situation = await start(way, { embedded: mute })
    await menusSpoken(situation)
    situation.door.fault = broken
    const { heard } = await openTicket(situation)
    expect(heard).not.toContain('confirm-name-before')
    expect(heard).toContain('confirm-name-after')
    expect(heard.filter((name) => name.startsWith('Polly: '))).toHaveLength(4)
    expect(await metric(situation, 'ura_speech_silences_total{reason="failed"}')).toBe(1)
    await expectWithoutSpeech(situation, ['name'])
  })

  it('and the embedded voice never spoke, the recordings say everything: menus, and digits of the protocol', async () => {
    const situation = await start(way, { embedded: mute, fault: broken })
    const heard = (await openTicket(situation)).heard.filter((name) => name !== 'one-moment')
    const newest = (): string => situation.system.messages.at(-1)?.text ?? ''
    await expect.poll(newest, { timeout: 10_000 }).toMatch(/^Chamado/)
    const protocol = /\d{5,}/.exec(newest())?.[0] ?? 'none'
    const digits = Array.from(protocol, (digit) => `digit-${digit}`)
    expect(heard.slice(3)).toEqual([
      'ask-access-code',
      'confirm-name-after',
      'category-menu',
      'service-menu',
      'ticket-opened',
      ...digits,
      ...digits,
      'after-ticket',
    ])
    await expectWithoutSpeech(situation, expect.arrayContaining(['name', 'protocol']))
  })

  it('keeps failing, it is not asked any more; after 10 s it is, and speaks again', async () => {
    const situation = await start(way)
    const { system, door } = situation
    await menusSpoken(situation)
    door.fault = broken
    for (const user of ['1001', '1002', '1003', '1004', '1005']) await system.ticketApi.userSpeech(user)
    const asked = door.requests.length
    const voice = async () => {
      const { voz } = (await (await fetch(`${system.apiUrl}/readyz`)).json()) as { voz: string }
      return voz
    }
    expect(await metric(situation, 'ura_speech_breaker{synthesizer="polly"}')).toBe(2)
    expect(await voice()).toBe('degradada')

    const { heard } = await openTicket(situation)
    expect(heard).toContain('embedded voice: João da Conceição')
    expect(door.requests).toHaveLength(asked)
    expect(await metric(situation, 'ura_speech_fallbacks_total{reason="breaker_open"}')).toBe(1)

    door.fault = null
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + breakerOpenMs })
    const again = await openTicket(situation)
    expect(again.heard).toContain('Polly: João da Conceição')
    expect(again.heard.join()).not.toContain('embedded voice')
    expect(await metric(situation, 'ura_speech_breaker{synthesizer="polly"}')).toBe(0)
    const told = system.logLines.filter((line) => /synthesizer (keeps failing|speaks again)/.test(line))
    expect(told).toHaveLength(2)
  })
})
