import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import { ignoreNotFound, writeFileAtomic } from './atomic-file.ts'

const entrySchema = Type.Object({
  id: Type.String({ pattern: '^[a-z0-9-]{1,64}$' }),
  /** The sound file's name, in the manifest's folder. */
  file: Type.String({ pattern: '^[a-z0-9-]{1,64}\\.wav(16)?$' }),
  text: Type.String(),
  durationMs: Type.Number(),
  /** Active speech level after ITU-T P.56. */
  levelDbfs: Type.Number(),
  peakDbfs: Type.Number(),
  /** Of all that the sound depends on: text, synthesizer, voice, rate and finishing. */
  hash: Type.String(),
})
const manifestSchema = Type.Array(entrySchema)

/** What one file of a prompt pack holds. */
export type PromptManifestEntry = Static<typeof entrySchema>

const manifestName = 'manifest.json'

/** The manifest of a pack, by prompt id; empty when there is none or it can't be read as one. */
export async function readPromptManifest(folder: string): Promise<Map<string, PromptManifestEntry>> {
  const content = await readFile(join(folder, manifestName), 'utf8').catch(ignoreNotFound)
  const entries = parse(content ?? '[]')
  return new Map(entries.map((entry) => [entry.id, entry]))
}

/** Readable by everybody, like the sounds. */
export async function writePromptManifest(
  folder: string,
  entries: readonly PromptManifestEntry[],
): Promise<void> {
  await writeFileAtomic(join(folder, manifestName), `${JSON.stringify(entries, undefined, 2)}\n`, {
    mode: 0o644,
  })
}

function parse(content: string): PromptManifestEntry[] {
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch {
    // A torn manifest only costs a pack that is made anew.
    return []
  }
  return Value.Check(manifestSchema, value) ? value : []
}
