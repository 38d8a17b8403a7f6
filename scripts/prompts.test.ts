import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { promptTexts } from '@ura/agi/prompts/pt-br'
import { createEspeakSynthesizer } from '@ura/api/speech/espeak-synthesizer'
import { buildPromptPack, checkPromptPack, readPromptPack } from '@ura/api/speech/prompt-pack'
import { silenceAtEnds } from '@ura/api/speech/speech-test-doubles'
import { speechLevelOf } from '@ura/api/speech/speech-level'
import { decodeWav } from '@ura/api/speech/wav'
import { recordFigure } from './test/figures.ts'

const synthesizer = createEspeakSynthesizer()
let outFolder: string

/** The whole pack takes some 5 s on one core; a busy machine gets its time. */
const packTimeoutMs = 60_000

beforeAll(async () => {
  outFolder = await mkdtemp(join(tmpdir(), 'prompt-pack-'))
  await buildPromptPack({ texts: promptTexts, outFolder, synthesizer })
}, packTimeoutMs)

afterAll(async () => {
  await synthesizer.close()
  await rm(outFolder, { recursive: true })
})

describe('the prompt pack', () => {
  it('is complete and current', async () => {
    expect(await checkPromptPack({ texts: promptTexts, outFolder, synthesizer })).toEqual([])
  })

  it('has one loudness throughout, measured over all files', async () => {
    const levels = (await readPromptPack({ outFolder })).map(
      ({ wav }) => speechLevelOf(decodeWav(wav)).activeLevelDbfs,
    )
    const [lowest, highest] = [Math.min(...levels), Math.max(...levels)]
    recordFigure(
      'levels of the prompt pack',
      `${levels.length} files, ${lowest.toFixed(2)} to ${highest.toFixed(2)} dBFS`,
    )
    expect(levels).toHaveLength(Object.keys(promptTexts).length)
    expect(highest - lowest).toBeLessThanOrEqual(1)
  })

  it('keeps nobody listening for long: menus, then everything else', async () => {
    const pack = await readPromptPack({ outFolder })
    const secondsOf = (isMenu: boolean): number =>
      Math.max(
        ...pack.filter(({ text }) => text.includes('tecle') === isMenu).map(({ durationMs }) => durationMs),
      ) / 1_000
    recordFigure(
      'longest prompt',
      `menu ${secondsOf(true).toFixed(1)} s, other ${secondsOf(false).toFixed(1)} s`,
    )
    expect(secondsOf(true)).toBeLessThan(16)
    expect(secondsOf(false)).toBeLessThan(8)
  })

  it.each(Object.keys(promptTexts))('speaks %s at the one loudness', async (id) => {
    const audio = decodeWav(await readFile(join(outFolder, 'pt_BR', 'ura', `${id}.wav`)))
    const { activeLevelDbfs, peakDbfs } = speechLevelOf(audio)
    const { startMs, endMs } = silenceAtEnds(audio)
    expect(audio.sampleRateHz).toBe(8_000)
    expect(Math.abs(activeLevelDbfs + 20)).toBeLessThan(1)
    expect(peakDbfs).toBeLessThanOrEqual(-3)
    expect(Math.min(startMs, endMs)).toBeGreaterThanOrEqual(50)
    expect(Math.max(startMs, endMs)).toBeLessThanOrEqual(150)
  })
})
