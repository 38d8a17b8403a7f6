import type { Synthesizer } from '@ura/api/speech/synthesizer'
import { SpeechUnavailableError } from '@ura/api/speech/synthesizer'
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

interface Situation extends PollyDoor {
  system: HelpdeskSystem
}

/** The three services speaking by a door to Polly, which works so far. @param embedded Default: the real one. */
async function start(way: keyof typeof pollyDoors, embedded?: Synthesizer): Promise<Situation> {
  const door = await pollyDoors[way]()
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

/** All menus have been spoken, so that what follows concerns names and protocols alone. */
async function menusSpoken({ system }: Situation): Promise<void> {
  const { menu, categorias } = await system.ticketApi.catalogue()
  expect([menu, ...categorias.map((category) => category.menu)].every(({ url }) => url !== null)).toBe(true)
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
    ['is broken', () => ({ kind: 'error', statusCode: 500, name: 'ServiceException' }), 'failed', 'fast'],
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
      expect(moments.length).toBeGreaterThanOrEqual(pace === 'slow' ? 2 : 0)
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
        expect.stringMatching(/^embedded voice: /),
        expect.stringMatching(/^embedded voice: /),
        'after-ticket',
      ])
      expect(longestWaitMs).toBeLessThan(silenceMaxMs)
      expect(await metric(situation, `ura_speech_fallbacks_total{reason="${reason}"}`)).toBe(2)
      expect(await metric(situation, 'ura_speech{count="failures"}')).toBe(0)
    },
  )

  it('and the embedded voice both fail, the recordings say it: digits, and a neutral question for the name', async () => {
    const mute: Synthesizer = {
      name: 'espeak',
      synthesize: async () => {
        throw new SpeechUnavailableError('mute', { retryable: false })
      },
    }
    const situation = await start(way, mute)
    await menusSpoken(situation)
    situation.door.fault = { kind: 'error', statusCode: 500, name: 'ServiceException' }
    const heard = (await openTicket(situation)).heard.filter((name) => name !== 'one-moment')
    const protocol = situation.system.messages.at(-1)?.text.match(/\d{5,}/)?.[0] ?? 'none'
    const digits = Array.from(protocol, (digit) => `digit-${digit}`)
    expect(heard.slice(3)).toEqual([
      'ask-access-code',
      'confirm-name-after',
      expect.stringMatching(/^Polly: /),
      expect.stringMatching(/^Polly: /),
      'ticket-opened',
      ...digits,
      ...digits,
      'after-ticket',
    ])
    expect(await metric(situation, 'ura_speech_silences_total{reason="failed"}')).toBe(2)
    const end = situation.system.logLines.find((line) => line.includes('"call ended"')) ?? '{}'
    expect(JSON.parse(end)).toMatchObject({ withoutSpeech: ['name', 'protocol'] })
  })

  it('keeps failing, it is not asked any more; after 10 s it is, and speaks again', async () => {
    const situation = await start(way)
    const { system, door } = situation
    await menusSpoken(situation)
    door.fault = { kind: 'error', statusCode: 500, name: 'ServiceException' }
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
    expect(await metric(situation, 'ura_speech_fallbacks_total{reason="breaker_open"}')).toBe(2)

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
