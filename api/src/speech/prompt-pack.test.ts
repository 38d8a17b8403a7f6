import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  buildPromptPack,
  checkPromptPack,
  PromptPackError,
  type PromptPackOptions,
  readPromptPack,
} from './prompt-pack.ts'
import { createFakeSynthesizer, type FakeSynthesizer } from './speech-test-doubles.ts'
import { SpeechInputError, SpeechUnavailableError } from './synthesizer.ts'
import { decodeWav } from './wav.ts'

let outFolder: string
let synthesizer: FakeSynthesizer
const texts = { goodbye: 'Até logo.', 'digit-0': 'zero' }

const pack = (options: Partial<PromptPackOptions> = {}): PromptPackOptions => ({
  texts,
  outFolder,
  synthesizer,
  ...options,
})
const inPack = (file: string): string => join(outFolder, 'pt_BR', 'ura', file)

beforeEach(async () => {
  outFolder = await mkdtemp(join(tmpdir(), 'prompts-'))
  synthesizer = createFakeSynthesizer()
})

afterEach(async () => {
  await rm(outFolder, { recursive: true })
})

describe('buildPromptPack', () => {
  it('writes a sound for each prompt, readable by everybody, and a manifest', async () => {
    const progress: number[] = []
    const outcome = await buildPromptPack(pack({ onProgress: ({ done }) => progress.push(done) }))
    const manifest: unknown = JSON.parse(await readFile(inPack('manifest.json'), 'utf8'))
    expect(outcome).toEqual({
      written: expect.arrayContaining(['goodbye', 'digit-0']),
      kept: [],
      removed: [],
    })
    expect(progress).toEqual([1, 2])
    expect(decodeWav(await readFile(inPack('goodbye.wav'))).comment).toBe('Até logo.')
    expect((await stat(inPack('goodbye.wav'))).mode & 0o777).toBe(0o644)
    expect(manifest).toMatchObject([
      { id: 'goodbye', file: 'goodbye.wav', text: 'Até logo.', durationMs: expect.any(Number) },
      { id: 'digit-0', file: 'digit-0.wav', levelDbfs: expect.closeTo(-20, 0) },
    ])
  })

  it('makes only what has changed', async () => {
    await buildPromptPack(pack())
    synthesizer.requests.length = 0
    const changed = { ...texts, goodbye: 'Até mais.' }
    expect(await buildPromptPack(pack({ texts: changed }))).toEqual({
      written: ['goodbye'],
      kept: ['digit-0'],
      removed: [],
    })
    expect(synthesizer.requests.map(({ text }) => text)).toEqual(['Até mais.'])
  })

  it('makes anew what is pronounced otherwise than before, and only that', async () => {
    await buildPromptPack(pack())
    synthesizer.pronunciations.set('zero', 'zéro')
    expect((await buildPromptPack(pack())).written).toEqual(['digit-0'])
  })

  it('makes everything anew for another voice or rate, and leaves nothing of the old', async () => {
    await buildPromptPack(pack())
    expect((await buildPromptPack(pack({ voice: 'pt-br+f2' }))).written).toHaveLength(2)
    await buildPromptPack(pack({ sampleRateHz: 16_000 }))
    expect((await readdir(inPack(''))).toSorted()).toEqual([
      'digit-0.wav16',
      'goodbye.wav16',
      'manifest.json',
    ])
  })

  it('removes the files of prompts that are gone, and nobody else’s', async () => {
    await buildPromptPack(pack())
    await writeFile(inPack('own-recording.wav'), 'x')
    expect((await buildPromptPack(pack({ texts: { goodbye: 'Até logo.' } }))).removed).toEqual(['digit-0'])
    expect((await readdir(inPack(''))).toSorted()).toEqual([
      'goodbye.wav',
      'manifest.json',
      'own-recording.wav',
    ])
  })

  it('says which prompt could not be had', async () => {
    synthesizer.faults.push(async () => {
      throw new SpeechInputError('unspeakable')
    })
    await expect(buildPromptPack(pack())).rejects.toThrow('prompt goodbye: unspeakable')
  })

  it('keeps what was made before a failure, and goes on behind it', async () => {
    synthesizer.faults.push(() => Promise.reject(new SpeechInputError('unspeakable')))
    const three = pack({ texts: { goodbye: 'Até logo.', 'digit-0': 'zero', 'digit-1': 'um' } })
    const error: unknown = await buildPromptPack(three).catch((fault: unknown) => fault)
    expect(error).toBeInstanceOf(PromptPackError)
    expect(error).toMatchObject({ id: 'goodbye', writtenCount: 1, missingCount: 2 })
    expect(await checkPromptPack(three)).toEqual(['goodbye: missing', 'digit-1: missing'])
    expect((await buildPromptPack(three)).written.toSorted()).toEqual(['digit-1', 'goodbye'])
  })

  it('loses no file of an older pack by a failure', async () => {
    await buildPromptPack(pack())
    synthesizer.faults.push(() => Promise.reject(new SpeechInputError('unspeakable')))
    const changed = pack({ texts: { goodbye: 'Até mais.', 'digit-1': 'um' } })
    await expect(buildPromptPack(changed)).rejects.toThrow(PromptPackError)
    expect((await readPromptPack(pack())).map(({ id }) => id)).toEqual(['goodbye', 'digit-0', 'digit-1'])
    expect(await buildPromptPack(changed)).toEqual({
      written: ['goodbye'],
      kept: ['digit-1'],
      removed: ['digit-0'],
    })
  })

  it('asks again when the voice is throttled or away for a moment, but not for ever', async () => {
    const away = (): Promise<never> =>
      Promise.reject(new SpeechUnavailableError('throttled', { retryable: true }))
    synthesizer.faults.push(away, away, away)
    const patient = pack({ retryDelayMs: 1 })
    expect((await buildPromptPack(patient)).written).toHaveLength(2)
    synthesizer.faults.push(...Array.from({ length: 9 }, () => away))
    await expect(buildPromptPack({ ...patient, voice: 'pt-br+f2' })).rejects.toThrow('throttled')
  })

  it('starts over from a manifest that can not be read', async () => {
    await buildPromptPack(pack())
    for (const manifest of ['{', '[{"id":"goodbye","file":"../../x.wav"}]', '"x"']) {
      await writeFile(inPack('manifest.json'), manifest)
      expect((await buildPromptPack(pack())).written).toHaveLength(2)
    }
  })
})

describe('checkPromptPack', () => {
  it('finds nothing in a pack just built', async () => {
    await buildPromptPack(pack())
    expect(await checkPromptPack(pack())).toEqual([])
  })

  it('tells what is missing, changed, damaged or gone', async () => {
    expect(await checkPromptPack(pack())).toEqual(['goodbye: missing', 'digit-0: missing'])
    await buildPromptPack(pack())
    await writeFile(inPack('digit-0.wav'), 'RIFF')
    expect(
      await checkPromptPack(pack({ texts: { 'digit-0': 'zero', 'one-moment': 'Um momento.' } })),
    ).toEqual(['digit-0: the sound file is missing or damaged', 'one-moment: missing', 'goodbye: gone'])
    expect(await checkPromptPack(pack({ texts: { ...texts, goodbye: 'Tchau.' } }))).toEqual([
      'goodbye: text, voice or format has changed',
      'digit-0: the sound file is missing or damaged',
    ])
    expect(synthesizer.requests).toHaveLength(2)
  })
})
