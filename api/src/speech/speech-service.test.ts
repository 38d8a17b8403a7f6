import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { breakerOpenMs } from './speech-production.ts'
import { createSpeechService, type SpeechServiceOptions, type VoiceSpeech } from './speech-service.ts'
import { noReasons } from './speech-report.ts'
import {
  createFakeClock,
  createFakeSynthesizer,
  createFinisher,
  type FakeSynthesizer,
} from './speech-test-doubles.ts'
import {
  SpeechBusyError,
  type SpeechFaultReason,
  SpeechInputError,
  SpeechUnavailableError,
} from './synthesizer.ts'
import { speechLevelOf } from './speech-level.ts'
import { toTelephonyAudio } from './telephony-audio.ts'
import { decodeWav } from './wav.ts'

let folder: string
let clock: ReturnType<typeof createFakeClock>
let synthesizer: FakeSynthesizer
let logged: string[]
const services: VoiceSpeech[] = []

function createService(options: Partial<SpeechServiceOptions> = {}): VoiceSpeech {
  const log = pino({}, { write: (line: string) => logged.push(line) })
  const sampleRateHz = options.sampleRateHz ?? 8_000
  const service = createSpeechService({
    folder,
    synthesizer,
    secret: 'test secret',
    clock,
    log,
    voice: 'pt-br',
    sampleRateHz,
    maxBytes: 1_000_000,
    personalDays: 30,
    finisher: createFinisher((audio) => toTelephonyAudio(audio, { sampleRateHz })),
    ...options,
  })
  services.push(service)
  return service
}

const withBreaker = (state: string) => ({ breakers: [{ state }] })
const unavailable = (retryable: boolean) => async () => {
  throw new SpeechUnavailableError('down', { retryable })
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'speech-'))
  clock = createFakeClock()
  synthesizer = createFakeSynthesizer()
  logged = []
})

afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(services.splice(0).map(async (service) => service.close()))
  await rm(folder, { recursive: true })
})

describe('speak', () => {
  it('makes a file that carries its text, and makes it once', async () => {
    const service = createService()
    const first = await service.speak({ text: 'Maria da Silva', kind: 'personal' })
    const again = await service.speak({ text: 'Maria da Silva', kind: 'personal' })
    const file = await service.open(first?.audioName ?? '')
    expect(again).toEqual(first)
    expect(decodeWav(file?.bytes ?? Buffer.alloc(0)).comment).toBe('Maria da Silva')
    expect(synthesizer.requests).toEqual([{ text: 'Maria da Silva', voice: 'pt-br' }])
    expect(service.stats()).toEqual({
      synthesized: 1,
      characters: 14,
      cacheHits: 1,
      joined: 0,
      failures: 0,
      silences: noReasons(),
      fallbacks: noReasons(),
      breakers: [{ synthesizer: 'fake', state: 'closed' }],
      isStorageFailing: false,
    })
  })

  it('makes anew what another start pronounces otherwise, and only that', async () => {
    const speakBoth = async () => {
      const service = createService()
      return [
        await service.speak({ text: 'Ana', kind: 'general' }),
        await service.speak({ text: 'Igor', kind: 'general' }),
      ]
    }
    const [ana, igor] = await speakBoth()
    synthesizer.pronunciations.set('Igor', 'Ígor')
    const [sameAna, otherIgor] = await speakBoth()
    expect(sameAna).toEqual(ana)
    expect(otherIgor).not.toEqual(igor)
  })

  it('shares one synthesis among all who ask at the same time', async () => {
    const service = createService()
    const asked = Array.from({ length: 20 }, async () => service.speak({ text: 'Menu', kind: 'catalogue' }))
    const names = new Set((await Promise.all(asked)).map((spoken) => spoken?.audioName))
    expect(names.size).toBe(1)
    expect(synthesizer.requests).toHaveLength(1)
    expect(service.stats()).toMatchObject({ synthesized: 1, joined: 19 })
  })

  it('puts a protocol together from digits, each spoken once and kept', async () => {
    const first = createService()
    await first.speak({ text: '1, 0, 0; 1, 7, 4', kind: 'personal' })
    const digits = ['1,', '0,', '7,', '4']
    expect(synthesizer.requests.map(({ text }) => text)).toEqual(digits)
    expect(first.stats()).toMatchObject({ synthesized: 4, characters: 7, failures: 0 })
    const restarted = createService()
    const spoken = await restarted.speak({ text: '7, 1, 0; 0, 1, 4', kind: 'personal' })
    expect(synthesizer.requests).toHaveLength(digits.length)
    const file = await restarted.open(spoken?.audioName ?? '')
    const { comment, samples } = decodeWav(file?.bytes ?? Buffer.alloc(0))
    expect(comment).toBe('7, 1, 0; 0, 1, 4')
    expect(Math.abs(speechLevelOf({ sampleRateHz: 8_000, samples }).activeLevelDbfs + 20)).toBeLessThan(1)
  })

  it('says why a protocol has no sound, once', async () => {
    const service = createService()
    synthesizer.faults.push(...Array.from({ length: 2 }, () => unavailable(true)))
    expect(await service.attempt({ text: '1, 2, 3', kind: 'personal' })).toEqual({ reason: 'failed' })
    expect(service.stats()).toMatchObject({ failures: 1 })
    expect(await service.speak({ text: '1, 2, 3', kind: 'personal' })).not.toBeNull()
  })

  it('finds the file after a restart', async () => {
    const before = await createService().speak({ text: 'Menu', kind: 'catalogue' })
    const service = createService()
    expect(await service.speak({ text: 'Menu', kind: 'catalogue' })).toEqual(before)
    expect(service.stats().synthesized).toBe(0)
  })

  it('gives every text, voice, rate, shelf and secret a name of its own, which tells nothing', async () => {
    const request = { text: 'Ana', kind: 'general' } as const
    const spoken = [
      await createService().speak(request),
      await createService().speak({ ...request, text: 'Ana ' }),
      await createService().speak({ ...request, kind: 'personal' }),
      await createService({ voice: 'pt-br+f2' }).speak(request),
      await createService({ sampleRateHz: 16_000 }).speak(request),
      await createService({ secret: 'another' }).speak(request),
    ]
    const names = spoken.map((audio) => audio?.audioName ?? '')
    expect(new Set(names).size).toBe(names.length)
    expect(names.every((name) => /^[0-9a-f]{64}\.wav(16)?$/.test(name))).toBe(true)
    expect(names[4]).toMatch(/\.wav16$/)
  })

  it('shares what is not personal between catalogue and general', async () => {
    const service = createService()
    const one = await service.speak({ text: 'Menu', kind: 'catalogue' })
    expect(await service.speak({ text: 'Menu', kind: 'general' })).toEqual(one)
  })

  it('makes a damaged or empty file again', async () => {
    const service = createService()
    const { audioName = '' } = (await service.speak({ text: 'Menu', kind: 'catalogue' })) ?? {}
    const sound = await service.open(audioName)
    for (const damaged of ['', 'RIFF']) {
      await writeFile(join(folder, 'shared', audioName), damaged)
      clock.advance(1_000)
      expect(await service.speak({ text: 'Menu', kind: 'catalogue' })).toEqual({ audioName })
      expect((await service.open(audioName))?.bytes).toEqual(sound?.bytes)
    }
    expect(service.stats().synthesized).toBe(3)
  })

  it('lets personal files go after 30 days', async () => {
    const service = createService()
    const spoken = await service.speak({ text: 'Ana', kind: 'personal' })
    clock.advance(31 * 86_400_000)
    expect(await service.sweep()).toMatchObject({ expired: 1 })
    expect(await service.open(spoken?.audioName ?? '')).toBeNull()
  })
})

describe('speak, when the synthesizer fails', () => {
  it('tries a second time when that may help', async () => {
    const service = createService()
    synthesizer.faults.push(unavailable(true))
    expect(await service.speak({ text: 'Ana', kind: 'personal' })).not.toBeNull()
    expect(synthesizer.requests).toHaveLength(2)
  })

  it('gives null after the second failure, counted, and logged without the text', async () => {
    const service = createService()
    synthesizer.faults.push(unavailable(true), unavailable(true))
    expect(await service.speak({ text: 'Ana Beatriz', kind: 'personal' })).toBeNull()
    expect(service.stats()).toMatchObject({ synthesized: 0, failures: 1 })
    expect(logged).toHaveLength(1)
    expect(logged[0]).not.toContain('Beatriz')
    expect(logged[0]).toContain('"characters":11')
  })

  it('does not retry what can not help', async () => {
    const service = createService()
    synthesizer.faults.push(async () => {
      throw new SpeechInputError('unspeakable')
    })
    expect(await service.speak({ text: 'Ana', kind: 'personal' })).toBeNull()
    expect(synthesizer.requests).toHaveLength(1)
  })

  it('does not take a crowd for a failure: asks once, gives null and leaves nobody else without sound', async () => {
    const service = createService()
    synthesizer.faults.push(
      ...Array.from({ length: 200 }, () => async () => {
        throw new SpeechBusyError('too many')
      }),
    )
    const asked = Array.from({ length: 200 }, (_, index) =>
      service.speak({ text: `protocolo ${index}`, kind: 'general' }),
    )
    expect(new Set(await Promise.all(asked))).toEqual(new Set([null]))
    expect(synthesizer.requests).toHaveLength(200)
    expect(service.stats()).toMatchObject({ failures: 200, ...withBreaker('closed') })
    expect(await service.speak({ text: 'Ana', kind: 'personal' })).not.toBeNull()
  })

  it('leaves the synthesizer alone after five texts in a row, but still gives what it has', async () => {
    const service = createService()
    const menu = await service.speak({ text: 'Menu', kind: 'catalogue' })
    synthesizer.faults.push(...Array.from({ length: 5 }, () => unavailable(false)))
    for (let text = 1; text <= 7; text += 1) {
      expect(await service.speak({ text: String(text), kind: 'general' })).toBeNull()
    }
    expect(synthesizer.requests).toHaveLength(6)
    expect(service.stats()).toMatchObject({ failures: 7, ...withBreaker('open') })
    expect(await service.speak({ text: 'Menu', kind: 'catalogue' })).toEqual(menu)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + breakerOpenMs })
    expect(await service.speak({ text: 'Ana', kind: 'personal' })).not.toBeNull()
    expect(service.stats()).toMatchObject(withBreaker('closed'))
  })

  it('does not blame the synthesizer for bad texts', async () => {
    const service = createService()
    for (const text of ['', ' ', '...', 'a'.repeat(3_001), '', '']) {
      expect(await service.speak({ text, kind: 'general' })).toBeNull()
    }
    expect(synthesizer.requests).toHaveLength(0)
    expect(service.stats()).toMatchObject(withBreaker('closed'))
  })

  it('counts each failure by its reason', async () => {
    const service = createService()
    const fault = (reason: SpeechFaultReason) => async () => {
      throw new SpeechUnavailableError('down', { retryable: false, reason })
    }
    synthesizer.faults.push(fault('timeout'), fault('throttled'), fault('throttled'))
    for (const text of ['1', '2', '3', '...']) await service.speak({ text, kind: 'general' })
    expect(service.stats().silences).toEqual({ ...noReasons(), timeout: 1, throttled: 2, bad_text: 1 })
  })

  it('tells a reason once a minute, and nothing of what an open breaker leads to', async () => {
    const service = createService()
    const lines = () => logged.map((line) => JSON.parse(line) as { msg: string; reason?: string })
    synthesizer.faults.push(...Array.from({ length: 9 }, () => unavailable(false)))
    for (let text = 1; text <= 3; text += 1) await service.speak({ text: String(text), kind: 'general' })
    expect(lines()).toMatchObject([{ msg: 'speech could not be had', reason: 'failed' }])
    clock.advance(60_000)
    for (let text = 4; text <= 20; text += 1) await service.speak({ text: String(text), kind: 'general' })
    expect(lines().map(({ msg }) => msg)).toEqual([
      'speech could not be had',
      'speech could not be had',
      'synthesizer keeps failing and is left alone',
    ])
  })

  it('ends what is pending when it is closed', async () => {
    const service = createService()
    synthesizer.faults.push(async () => new Promise(() => {}))
    const pending = service.speak({ text: 'Ana', kind: 'general' })
    await service.close()
    expect(await pending).toBeNull()
    expect(await service.speak({ text: 'Bia', kind: 'general' })).toBeNull()
  })
})

describe('a folder that takes no files', () => {
  it('means no sound, whether it is there or not; told once each way, and nothing is asked in vain', async () => {
    const blocked = join(folder, 'file')
    await writeFile(blocked, '')
    const service = createService({ folder: blocked })
    for (const text of ['Ana', 'Bia']) expect(await service.speak({ text, kind: 'general' })).toBeNull()
    expect(service.stats()).toMatchObject({ isStorageFailing: true, silences: { storage: 2 } })
    expect(service.stats()).toMatchObject(withBreaker('closed'))
    expect(synthesizer.requests).toHaveLength(0)

    await rm(blocked)
    expect(await service.speak({ text: 'Ana', kind: 'general' })).not.toBeNull()
    expect(service.stats().isStorageFailing).toBe(false)
    expect(logged.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      'audio can not be kept',
      'audio can be kept again',
    ])
  })
})

describe('a damaged file', () => {
  async function damaged(damage: (path: string) => Promise<void>) {
    const service = createService()
    const { audioName = '' } = (await service.speak({ text: 'Ana', kind: 'personal' })) ?? {}
    await damage(join(folder, 'personal', audioName))
    return { service, audioName }
  }

  it('that is empty is made anew by the next request', async () => {
    const { service, audioName } = await damaged((path) => truncate(path, 0))
    expect(await service.speak({ text: 'Ana', kind: 'personal' })).toEqual({ audioName })
    expect(synthesizer.requests).toHaveLength(2)
    expect((await service.open(audioName))?.sizeBytes).toBeGreaterThan(44)
  })

  it.each([
    ['was cut off', (path: string) => truncate(path, 3_000)],
    ['holds zeros', (path: string) => writeFile(path, Buffer.alloc(9_000))],
    ['is a page', (path: string) => writeFile(path, '<html>')],
  ])('that %s is not served, and then made anew', async (_what, damage) => {
    const { service, audioName } = await damaged(damage)
    expect(await service.open(audioName)).toBeNull()
    expect(await service.speak({ text: 'Ana', kind: 'personal' })).toEqual({ audioName })
    expect((await service.open(audioName))?.sizeBytes).toBeGreaterThan(44)
    expect(logged.join()).toContain('damaged audio was removed')
  })
})

describe('open and remove', () => {
  it('gives the bytes with their size, a stable strong tag and the time', async () => {
    const service = createService()
    const madeAt = clock.now()
    const { audioName = '' } = (await service.speak({ text: 'Ana', kind: 'personal' })) ?? {}
    const file = await service.open(audioName)
    clock.advance(5_000)
    expect(file?.sizeBytes).toBe(file?.bytes.length)
    expect(file?.etag).toMatch(/^"[0-9a-f]+-[0-9a-f]+"$/)
    expect(file?.modifiedAt).toEqual(madeAt)
    expect(await service.open(audioName)).toEqual(file)
  })

  it('removes a file once', async () => {
    const service = createService()
    const { audioName = '' } = (await service.speak({ text: 'Ana', kind: 'personal' })) ?? {}
    expect([await service.remove(audioName), await service.remove(audioName)]).toEqual([true, false])
    expect(await service.open(audioName)).toBeNull()
    expect(await readdir(join(folder, 'personal'))).toEqual([])
  })

  it.each([
    '',
    'a.wav',
    '../a.wav',
    `../${'a'.repeat(64)}.wav`,
    `personal/${'a'.repeat(64)}.wav`,
    `${'a'.repeat(64)}.wav\n`,
    `${'A'.repeat(64)}.wav`,
    `${'a'.repeat(64)}.mp3`,
    `${'a'.repeat(64)}%2e.wav`,
  ])('knows %j for no name of its own', async (name) => {
    const service = createService()
    expect(service.isAudioName(name)).toBe(false)
    expect(await service.open(name)).toBeNull()
    expect(await service.remove(name)).toBe(false)
  })
})
