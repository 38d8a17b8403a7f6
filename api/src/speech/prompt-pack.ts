import { createHash } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ignoreNotFound } from './atomic-file.ts'
import { makePrompts, type PromptMakingOptions, type WantedPrompt } from './prompt-making.ts'
import { readPromptManifest, writePromptManifest, type PromptManifestEntry } from './prompt-manifest.ts'
import { telephonyAudioVersion, wavExtension } from './telephony-audio.ts'
import { decodeWav } from './wav.ts'

/** Which prompts a pack has, and where it lies. */
export interface PromptPackOptions extends PromptMakingOptions {
  /** Prompt ids (`a-z`, `0-9`, `-`) and what they say. */
  texts: Readonly<Record<string, string>>
  /** A sounds folder of Asterisk's: files go to `<packFolder>/<id>.wav` in it, the manifest beside them. */
  outFolder: string
  /** Default `pt_BR/ura`, where the call flow's prompts lie. */
  packFolder?: string
}

export interface PromptPackOutcome {
  written: string[]
  /** Ids whose files were right already. */
  kept: string[]
  removed: string[]
}

/** A pack that is not complete; what could be made is there, and the next run goes on behind it. */
export class PromptPackError extends Error {
  override readonly name = 'PromptPackError'
  /** The prompt that could not be had. */
  readonly id: string
  readonly writtenCount: number
  readonly missingCount: number

  constructor(options: { id: string; writtenCount: number; missingCount: number; cause: unknown }) {
    const { id, writtenCount, missingCount, cause } = options
    super(`prompt ${id}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.id = id
    this.writtenCount = writtenCount
    this.missingCount = missingCount
  }
}

/** A prompt of a pack with its sound. */
export interface PackedPrompt extends PromptManifestEntry {
  /** The WAV file. */
  wav: Buffer
}

/**
 * Brings a folder of recorded prompts up to date: makes those whose text, voice or format is new or changed, keeps
 * the others, removes the files of prompts that are gone (only what its manifest names). The files can be read by
 * everybody, because Asterisk runs as another user.
 *
 * @throws PromptPackError when a prompt can't be had, with the fault as its cause; what was made until then stays
 */
export async function buildPromptPack(options: PromptPackOptions): Promise<PromptPackOutcome> {
  const folder = folderOf(options)
  await mkdir(folder, { recursive: true })
  const manifest = await readPromptManifest(folder)
  const wanted = wantedPrompts(options)
  const problems = await findProblems(folder, wanted, manifest)
  const outdated = wanted.filter(({ id }) => problems.has(id))
  const { made, failure } = await makePrompts(folder, outdated, options)
  if (failure !== null) {
    await writePromptManifest(folder, [...new Map([...manifest, ...made]).values()])
    const counts = { writtenCount: made.size, missingCount: outdated.length - made.size }
    throw new PromptPackError({ ...failure, ...counts })
  }
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

/** The prompts of a pack as it lies there, in its order, with their sound files; a file that is gone is left out. */
export async function readPromptPack(
  options: Pick<PromptPackOptions, 'outFolder' | 'packFolder'>,
): Promise<PackedPrompt[]> {
  const folder = folderOf(options)
  const prompts: PackedPrompt[] = []
  for (const entry of (await readPromptManifest(folder)).values()) {
    const wav = await readFile(join(folder, entry.file)).catch(ignoreNotFound)
    if (wav !== undefined) {
      prompts.push({ ...entry, wav })
    }
  }
  return prompts
}

/** What keeps a pack from being complete and current, one line each; empty when nothing does. */
export async function checkPromptPack(options: PromptPackOptions): Promise<string[]> {
  const folder = folderOf(options)
  const manifest = await readPromptManifest(folder)
  const wanted = wantedPrompts(options)
  const problems = await findProblems(folder, wanted, manifest)
  const ids = new Set(wanted.map(({ id }) => id))
  const gone = [...manifest.keys()].filter((id) => !ids.has(id))
  return [...problems].map(([id, problem]) => `${id}: ${problem}`).concat(gone.map((id) => `${id}: gone`))
}

function folderOf({
  outFolder,
  packFolder = join('pt_BR', 'ura'),
}: Pick<PromptPackOptions, 'outFolder' | 'packFolder'>): string {
  return join(outFolder, packFolder)
}

function wantedPrompts(options: PromptPackOptions): WantedPrompt[] {
  const { texts, synthesizer, voice = 'pt-br', sampleRateHz = 8_000 } = options
  return Object.entries(texts).map(([id, text]) => {
    const rendering = synthesizer.rendering?.({ text, voice })
    const key = [telephonyAudioVersion, synthesizer.name, voice, sampleRateHz, text, rendering]
    const hash = createHash('sha256').update(JSON.stringify(key)).digest('hex')
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
