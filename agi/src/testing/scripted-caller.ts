import type { FakeCaller } from 'asterisk-agi/testing'

/** A wait shorter than this is the service gathering keys while it works, no question. */
const questionMs = 1_000

/**
 * A caller who keys one group at each question, then hangs up.
 */
export class ScriptedCaller {
  readonly #groups: string[]
  readonly #newestCode: () => Promise<string | null>
  readonly #keyed: (keys: string) => void

  constructor(options: {
    groups: readonly string[]
    newestCode: () => Promise<string | null>
    keyed?: (keys: string) => void
  }) {
    this.#groups = [...options.groups]
    this.#newestCode = options.newestCode
    this.#keyed = options.keyed ?? (() => {})
  }

  /** Groups that no question asked for. */
  get unused(): readonly string[] {
    return this.#groups
  }

  asked: NonNullable<FakeCaller['asked']> = async ({ timeoutMs, lastFiles }) => {
    const isQuestion = timeoutMs >= questionMs && lastFiles.length > 0
    if (!isQuestion) {
      return null
    }
    const group = this.#groups.shift()
    if (group === undefined) {
      return 'hangup'
    }
    const keys = group.includes('{code}') ? await this.#withCode(group) : group
    this.#keyed(keys ?? '-')
    return keys === '-' ? null : keys
  }

  async #withCode(group: string): Promise<string | null> {
    const code = await this.#newestCode()
    return code === null ? null : group.replaceAll('{code}', code)
  }
}
