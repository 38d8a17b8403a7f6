import type { AgiCall } from './call.ts'
import { AgiArgumentError } from './errors.ts'

/**
 * Handles one call; the connection is closed when it settles.
 *
 * @param parameters Named groups of the pattern that matched; empty for every other route.
 */
export type AgiHandler = (call: AgiCall, parameters: Readonly<Record<string, string>>) => Promise<void>

/** A handler, and what its pattern found in the script. */
export interface AgiRoute {
  handler: AgiHandler
  parameters: Readonly<Record<string, string>>
}

const NO_PARAMETERS: Readonly<Record<string, string>> = Object.freeze({})

/**
 * Finds the handler of a call by the script its `agi://host/script` address names: the exact name first, then the
 * patterns in order, then the default.
 */
export class AgiRouter {
  readonly #exact = new Map<string, AgiRoute>()
  readonly #patterns: { pattern: RegExp; handler: AgiHandler }[] = []
  #default: AgiRoute | null = null

  /**
   * Routes a script, named as in `AgiEnvironment.script`: percent-decoded, without leading slash and query.
   *
   * @throws AgiArgumentError when the name is taken.
   */
  script(name: string, handler: AgiHandler): this {
    const key = name.replace(/^\/+/, '')
    if (this.#exact.has(key)) throw new AgiArgumentError(`The script ${key} is routed twice`)
    this.#exact.set(key, { handler, parameters: NO_PARAMETERS })
    return this
  }

  /**
   * Routes the scripts that match as a whole, as `/menu\/(?<menu>\d+)/` does for `agi://host/menu/7`; the handler
   * gets the named groups.
   *
   * @throws AgiArgumentError for a pattern that keeps a place between calls (`g`, `y`).
   */
  pattern(pattern: RegExp, handler: AgiHandler): this {
    if (pattern.global || pattern.sticky) {
      throw new AgiArgumentError(`The pattern ${String(pattern)} must not be global or sticky`)
    }
    this.#patterns.push({ pattern: new RegExp(`^(?:${pattern.source})$`, pattern.flags), handler })
    return this
  }

  /** Takes every call whose script has no route of its own; without it they are refused with `failure`. */
  default(handler: AgiHandler): this {
    this.#default = { handler, parameters: NO_PARAMETERS }
    return this
  }

  /** The route of a script as in `AgiEnvironment.script`, or null. */
  routeOf(script: string): AgiRoute | null {
    return this.#exact.get(script) ?? this.#matching(script) ?? this.#default
  }

  #matching(script: string): AgiRoute | null {
    for (const { pattern, handler } of this.#patterns) {
      const match = pattern.exec(script)
      if (match !== null) return { handler, parameters: definedGroups(match.groups) }
    }
    return null
  }
}

/** A group that took no part in the match is left out. */
function definedGroups(groups: Record<string, string | undefined> = {}): Readonly<Record<string, string>> {
  const found = Object.entries(groups).filter((group): group is [string, string] => group[1] !== undefined)
  return Object.fromEntries(found)
}
