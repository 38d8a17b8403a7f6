import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSpeechService, type SpeechService, type SpeechServiceOptions } from './speech-service.ts'
import {
  createFakeClock,
  createFakeSynthesizer,
  createFinisher,
  type FakeSynthesizer,
} from './speech-test-doubles.ts'
import { SpeechBusyError, SpeechInputError, SpeechUnavailableError } from './synthesizer.ts'
import { toTelephonyAudio } from './telephony-audio.ts'
import { decodeWav } from './wav.ts'

let folder: string
let clock: ReturnType<typeof createFakeClock>
let synthesizer: FakeSynthesizer
let logged: string[]
const services: SpeechService[] = []

function createService(options: Partial<SpeechServiceOptions> = {}): SpeechService {
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
      isBreakerOpen: false,
    })
  })

  it('shares one synthesis among all who ask at the same time', async () => {
    const service = createService()
    const asked = Array.from({ length: 20 }, async () => service.speak({ text: 'Menu', kind: 'catalogue' }))
    const names = new Set((await Promise.all(asked)).map((spoken) => spoken?.audioName))
    expect(names.size).toBe(1)
    expect(synthesizer.requests).toHaveLength(1)
    expect(service.stats()).toMatchObject({ synthesized: 1, joined: 19 })
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
      expect(await service.speak({ text: 'Menu', kind: 'catalogue' })).toEqual({ audioName })
      expect(await service.open(audioName)).toEqual(sound)
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
    expect(service.stats()).toMatchObject({ failures: 200, isBreakerOpen: false })
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
    expect(service.stats()).toMatchObject({ failures: 7, isBreakerOpen: true })
    expect(await service.speak({ text: 'Menu', kind: 'catalogue' })).toEqual(menu)
    clock.advance(10_000)
    expect(await service.speak({ text: 'Ana', kind: 'personal' })).not.toBeNull()
    expect(service.stats().isBreakerOpen).toBe(false)
  })

  it('does not blame the synthesizer for bad texts', async () => {
    const service = createService()
    for (const text of ['', ' ', '...', 'a'.repeat(3_001), '', '']) {
      expect(await service.speak({ text, kind: 'general' })).toBeNull()
    }
    expect(synthesizer.requests).toHaveLength(0)
    expect(service.stats().isBreakerOpen).toBe(false)
  })

  it('gives null when the file can not be written', async () => {
    const blocked = join(folder, 'file')
    await writeFile(blocked, '')
    expect(await createService({ folder: blocked }).speak({ text: 'Ana', kind: 'general' })).toBeNull()
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
