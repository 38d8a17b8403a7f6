/** One thing a recognizer understood. */
export interface FakeSpeechResult {
  text: string
  /** 0 to 1,000. */
  score: number
  grammar: string
}

/** A speech engine for the SPEECH commands. */
export interface FakeRecognizer {
  /** Its name, when SPEECH CREATE may ask for no other; default: any will do. */
  engine?: string
  /** Whether a grammar can be loaded; default: each can. */
  loads?(name: string, path: string): boolean
  /**
   * What the caller says at SPEECH RECOGNIZE; null for nothing that is understood.
   *
   * @param utterance.timeoutMs How long Asterisk waits after the prompt; 0 for no end.
   * @param utterance.grammars Grammars that are active.
   * @param utterance.signal Aborted when something else ends the command.
   */
  recognize(utterance: {
    prompt: string
    timeoutMs: number
    grammars: readonly string[]
    signal: AbortSignal
  }): readonly FakeSpeechResult[] | null | Promise<readonly FakeSpeechResult[] | null>
}

/** What SPEECH CREATE made: the grammars of one call. */
export class FakeSpeechSession {
  readonly #recognizer: FakeRecognizer
  readonly #loaded = new Set<string>()
  readonly #active = new Set<string>()

  constructor(recognizer: FakeRecognizer) {
    this.#recognizer = recognizer
  }

  /** Loads a grammar; whether that went well. */
  load(name: string, path: string): boolean {
    if (this.#recognizer.loads?.(name, path) === false) return false
    this.#loaded.add(name)
    return true
  }

  /** Forgets a grammar; whether it was loaded. */
  unload(name: string): boolean {
    this.#active.delete(name)
    return this.#loaded.delete(name)
  }

  /** Whether the grammar is loaded, and so can be listened for. */
  activate(name: string): boolean {
    if (this.#loaded.has(name)) this.#active.add(name)
    return this.#loaded.has(name)
  }

  /** Whether the grammar was active. */
  deactivate(name: string): boolean {
    return this.#active.delete(name)
  }

  async recognize(utterance: {
    prompt: string
    timeoutMs: number
    signal: AbortSignal
  }): Promise<readonly FakeSpeechResult[] | null> {
    return await this.#recognizer.recognize({ ...utterance, grammars: [...this.#active] })
  }
}
