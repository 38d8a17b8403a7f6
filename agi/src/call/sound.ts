import { soundFileOf, type PromptId } from '../prompts/ids.ts'

/** Something to play: its name in logs and tests, and the file or address that Asterisk opens. */
export interface Sound {
  readonly name: string
  readonly file: string
  /** What is played in its place when Asterisk can't open it, as an address that gives nothing. */
  readonly otherwise?: readonly Sound[]
}

/** A static prompt of the pack. */
export function prompt(id: PromptId): Sound {
  return { name: id, file: soundFileOf(id) }
}

/** Synthesized speech at its address, or the given recordings when the speech service has none. */
export function speech(name: string, url: string | null, otherwise: readonly Sound[] = []): Sound[] {
  return url === null ? [...otherwise] : [{ name, file: url, otherwise }]
}
