import { createHash } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ignoreNotFound, writeFileAtomic } from './atomic-file.ts'
import { readPromptManifest, writePromptManifest, type PromptManifestEntry } from './prompt-manifest.ts'
import { speechLevelOf } from './speech-level.ts'
import type { PcmAudio, Synthesizer } from './synthesizer.ts'
import { telephonyAudioVersion, wavExtension, type TelephonyRateHz } from './telephony-audio.ts'
import { createTelephonyFinisher, type TelephonyFinisher } from './telephony-finisher.ts'
import { decodeWav, encodeWav } from './wav.ts'

export interface PromptPackOptions {
  /** Prompt ids (`a-z`, `0-9`, `-`) and what they say. */
  texts: Readonly<Record<string, string>>
  /** A sounds folder of Asterisk's: files go to `pt_BR/ura/<id>.wav`, the manifest beside them. */
  outFolder: string
  synthesizer: Synthesizer
  /** Default `pt-br`. */
  voice?: string
  /** Default 8,000 Hz; at 16,000 Hz the files end in `.wav16`. */
  sampleRateHz?: TelephonyRateHz
  /** After each prompt that was made. */
  onProgress?: (progress: { id: string; done: number; total: number }) => void
}

export interface PromptPackOutcome {
  written: string[]
  /** Ids whose files were right already. */
  kept: string[]
  removed: string[]
}

/** One text may take this long; nobody waits on the phone. */
const promptTimeoutMs = 30_000
/** One text is finished while the next is synthesized: each has a thread. */
const textsAtOnce = 2
const packFolder = join('pt_BR', 'ura')

interface WantedPrompt {
  id: string
  text: string
  file: string
  hash: string
}

/**
 * Brings a folder of recorded prompts up to date: makes those whose text, voice or format is new or changed, keeps
 * the others, removes the files of prompts that are gone (only what its manifest names). The files can be read by
 * everybody, because Asterisk runs as another user.
 *
 * @throws Error naming the first prompt that can't be had, with the synthesizer's fault as its cause
 */
export async function buildPromptPack(options: PromptPackOptions): Promise<PromptPackOutcome> {
  const folder = join(options.outFolder, packFolder)
  await mkdir(folder, { recursive: true })
  const manifest = await readPromptManifest(folder)
  const wanted = wantedPrompts(options)
  const problems = await findProblems(folder, wanted, manifest)
  const outdated = wanted.filter(({ id }) => problems.has(id))
  const made = await makePrompts(folder, outdated, options)
  const entries = wanted.flatMap(({ id }) => made.get(id) ?? manifest.get(id) ?? [])
  const files = new Set(entries.map(({ file }) => file))
  const gone = [...manifest.values()].filter(({ file }) => !files.has(file))
  // The manifest last: a run that breaks off before leaves nothing that it doesn't tell of.
  await Promise.all(gone.map(({ file }) => rm(join(folder, file), { force: true })))
  await writePromptManifest(folder, entries)
  return {
    written: [...made.keys()],
    kept: wanted.map(({ id }) => id).filter((id) => !made.has(id)),
    removed: gone.map(({ id }) => id),
  }
}

/** What keeps a pack from being complete and current, one line each; empty when nothing does. */
export async function checkPromptPack(options: PromptPackOptions): Promise<string[]> {
  const folder = join(options.outFolder, packFolder)
  const manifest = await readPromptManifest(folder)
  const wanted = wantedPrompts(options)
  const problems = await findProblems(folder, wanted, manifest)
  const ids = new Set(wanted.map(({ id }) => id))
  const gone = [...manifest.keys()].filter((id) => !ids.has(id))
  return [...problems].map(([id, problem]) => `${id}: ${problem}`).concat(gone.map((id) => `${id}: gone`))
}

function wantedPrompts(options: PromptPackOptions): WantedPrompt[] {
  const { texts, synthesizer, voice = 'pt-br', sampleRateHz = 8_000 } = options
  return Object.entries(texts).map(([id, text]) => {
    const key = JSON.stringify([telephonyAudioVersion, synthesizer.name, voice, sampleRateHz, text])
    const hash = createHash('sha256').update(key).digest('hex')
    return { id, text, file: `${id}${wavExtension(sampleRateHz)}`, hash }
  })
}

/** The prompts that have to be made, with the reason. */
async function findProblems(
  folder: string,
  wanted: WantedPrompt[],
  manifest: ReadonlyMap<string, PromptManifestEntry>,
): Promise<Map<string, string>> {
  const problems = new Map<string, string>()
  for (const { id, file, hash, text } of wanted) {
    const entry = manifest.get(id)
    if (entry === undefined) {
      problems.set(id, 'missing')
    } else if (entry.hash !== hash || entry.file !== file) {
      problems.set(id, 'text, voice or format has changed')
    } else if (!(await speaks(join(folder, file), text))) {
      problems.set(id, 'the sound file is missing or damaged')
    }
  }
  return problems
}

/** Whether a sound file is there, whole, and carries the text. */
async function speaks(path: string, text: string): Promise<boolean> {
  const bytes = await readFile(path).catch(ignoreNotFound)
  if (bytes === undefined) {
    return false
  }
  try {
    return decodeWav(bytes).comment === text
  } catch {
    return false
  }
}

async function makePrompts(
  folder: string,
  prompts: WantedPrompt[],
  options: PromptPackOptions,
): Promise<Map<string, PromptManifestEntry>> {
  const finisher = createTelephonyFinisher({ sampleRateHz: options.sampleRateHz ?? 8_000 })
  const made = new Map<string, PromptManifestEntry>()
  const queue = prompts.values()
  async function work(): Promise<void> {
    for (const prompt of queue) {
      const audio = await makePrompt(prompt, finisher, options)
      await writeFileAtomic(join(folder, prompt.file), encodeWav({ ...audio, comment: prompt.text }), {
        mode: 0o644,
      })
      made.set(prompt.id, describe(prompt, audio))
      options.onProgress?.({ id: prompt.id, done: made.size, total: prompts.length })
    }
  }
  try {
    await Promise.all(Array.from({ length: textsAtOnce }, work))
  } finally {
    await finisher.close()
  }
  return made
}

async function makePrompt(
  prompt: WantedPrompt,
  finisher: TelephonyFinisher,
  { synthesizer, voice = 'pt-br' }: PromptPackOptions,
): Promise<PcmAudio> {
  const signal = AbortSignal.timeout(promptTimeoutMs)
  try {
    return await finisher.finish(await synthesizer.synthesize({ text: prompt.text, voice }, signal), signal)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`prompt ${prompt.id}: ${reason}`, { cause: error })
  }
}

function describe({ id, file, text, hash }: WantedPrompt, audio: PcmAudio): PromptManifestEntry {
  const { activeLevelDbfs, peakDbfs } = speechLevelOf(audio)
  return {
    id,
    file,
    text,
    durationMs: Math.round((audio.samples.length / audio.sampleRateHz) * 1_000),
    levelDbfs: roundToHundredths(activeLevelDbfs),
    peakDbfs: roundToHundredths(peakDbfs),
    hash,
  }
}

function roundToHundredths(decibels: number): number {
  return Math.round(decibels * 100) / 100
}
