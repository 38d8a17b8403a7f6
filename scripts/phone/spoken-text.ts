import { promptIds, soundFileOf } from '@ura/agi/prompts/ids'
import { promptTexts } from '@ura/agi/prompts/pt-br'
import { decodeWav } from '@ura/api/speech/wav'

const textByFile = new Map<string, string>(promptIds.map((id) => [soundFileOf(id), promptTexts[id]]))

/** What a sound says: the prompt's text, or the text that a synthesized file carries within itself. */
export async function spokenText(file: string): Promise<string> {
  const known = textByFile.get(file)
  if (known !== undefined) {
    return known
  }
  if (!/^https?:/.test(file)) {
    return `[${file}]`
  }
  const text = await textWithin(file).catch(
    (error: unknown) => `[áudio que não veio: ${(error as Error).message}]`,
  )
  textByFile.set(file, text)
  return text
}

async function textWithin(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })
  if (!response.ok) {
    throw new Error(`HTTP ${response.status}`)
  }
  return decodeWav(new Uint8Array(await response.arrayBuffer())).comment ?? '[áudio sem texto]'
}
