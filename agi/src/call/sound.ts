import { soundFileOf, type PromptId } from '../prompts/ids.ts'
import type { CallRecorder } from './call-recorder.ts'

/** Something to play: its name in logs and tests, and the file or address that Asterisk opens. */
export interface Sound {
  readonly name: string
  readonly file: string
  /** What is played in its place when Asterisk can't open it, as an address that gives nothing. */
  readonly otherwise?: readonly Sound[]
  /** Made by the API from its data; the file is an address. */
  readonly isSynthesized?: boolean
}

/** A static prompt of the pack. */
export function prompt(id: PromptId): Sound {
  return { name: id, file: soundFileOf(id) }
}

/**
 * Synthesized speech at its address, or the given recordings when the speech service has none, which the call's record
 * is told.
 */
export function speech(
  { recorder }: { recorder: Pick<CallRecorder, 'replaced'> },
  name: string,
  url: string | null,
  otherwise: readonly Sound[] = [],
): Sound[] {
  if (url === null) {
    recorder.replaced(name)
    return [...otherwise]
  }
  return [{ name, file: url, otherwise, isSynthesized: true }]
}
