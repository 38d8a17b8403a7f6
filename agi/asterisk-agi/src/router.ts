import type { AgiCall } from './call.ts'
import { AgiArgumentError } from './errors.ts'

/** Handles one call; the connection is closed when it settles. */
export type AgiHandler = (call: AgiCall) => Promise<void>

/** Finds the handler of a call by the script its `agi://host/script` address names. */
export class AgiRouter {
  readonly #handlers = new Map<string, AgiHandler>()
  #default: AgiHandler | null = null

  /**
   * Routes a script, named without its leading slash and query.
   *
   * @throws AgiArgumentError when the name is taken.
   */
  script(name: string, handler: AgiHandler): this {
    const key = name.replace(/^\/+/, '')
    if (this.#handlers.has(key)) throw new AgiArgumentError(`The script ${key} is routed twice`)
    this.#handlers.set(key, handler)
    return this
  }

  /** Takes every call whose script has no route of its own; without it they are refused with `failure`. */
  default(handler: AgiHandler): this {
    this.#default = handler
    return this
  }

  /** The handler for a script as in `AgiEnvironment.script`, or null. */
  handlerOf(script: string): AgiHandler | null {
    return this.#handlers.get(script) ?? this.#default
  }
}
