import { AgiProtocolError } from './errors.ts'

const LINES_MAX = 200
const LENGTH_MAX = 64 * 1024

/** Asterisk always sends these (res/res_agi.c, setup_env); a peer that doesn't is no Asterisk. */
const REQUIRED = [
  'agi_request',
  'agi_channel',
  'agi_uniqueid',
  'agi_context',
  'agi_extension',
  'agi_priority',
]

/** What Asterisk says of a call before the first command. Text is raw: as the dialplan or the caller gave it. */
export interface AgiEnvironment {
  /** Path of the `agi://` address: percent-decoded, without query and leading slash; '' when there is none. */
  script: string
  /** Query of the `agi://` address. */
  query: URLSearchParams
  /** What follows the address in `AGI(agi://host/script,a,b)`, in order. */
  arguments: readonly string[]
  /** Channel name, as 'PJSIP/2001-0000002a'. */
  channel: string
  uniqueId: string
  /** The caller's number; null when Asterisk doesn't know it. */
  callerId: string | null
  callerIdName: string | null
  /** The number dialled (DID), or null. */
  dnid: string | null
  /** The number that diverted the call here, or null. */
  rdnis: string | null
  context: string
  extension: string
  priority: number
  language: string
  /** Channel technology, as 'PJSIP'. */
  type: string
  /** Version of Asterisk, as '22.10.1'. */
  version: string
  accountCode: string
  threadId: string
  /** Every `agi_…` line by its name. */
  raw: ReadonlyMap<string, string>
}

/** Gathers the environment's lines, with bounds, until the blank line that ends them. */
export class EnvironmentReader {
  readonly #names = new Set<string>()
  #text = '\n'

  /**
   * Takes one line (a CR at its end is tolerated); gives the environment at the blank line, else null.
   *
   * @throws AgiProtocolError for a line that isn't `agi_name: value`, a name sent twice (a value that smuggled a
   *   line break), a missing line that Asterisk always sends, over 200 lines or 65,536 characters.
   */
  push(raw: string): AgiEnvironment | null {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    if (line === '') return this.#whole()
    if (this.#names.size >= LINES_MAX || this.#text.length + line.length > LENGTH_MAX) {
      throw new AgiProtocolError('The environment is too long')
    }
    // Only the first colon separates: agi_request and IPv6 channel names hold more of them.
    const colon = line.indexOf(':')
    const name = line.slice(0, colon)
    if (!/^agi_\w+:(?: |$)/.test(line)) throw new AgiProtocolError('A line of the environment is malformed')
    if (this.#names.has(name)) throw new AgiProtocolError('A line of the environment comes twice')
    this.#names.add(name)
    this.#text += `${name}: ${line.slice(colon + 2)}\n`
    return null
  }

  #whole(): AgiEnvironment {
    for (const name of REQUIRED) {
      if (!this.#names.has(name)) throw new AgiProtocolError(`The environment has no ${name}`)
    }
    const environment = new CallEnvironment(this.#text)
    if (!Number.isSafeInteger(environment.priority)) throw new AgiProtocolError('agi_priority is no integer')
    return environment
  }
}

/**
 * Holds the lines as one text, and finds what is asked for: calls wait for hours, and few look at more than two or three
 * of the lines.
 */
class CallEnvironment implements AgiEnvironment {
  /** `\nname: value\nname: value\n`. */
  readonly #text: string
  #query: URLSearchParams | null = null

  constructor(text: string) {
    this.#text = text
  }

  get script(): string {
    return percentDecoded(this.#networkScript.path).replace(/^\/+/, '')
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.#networkScript.query)
    return this.#query
  }

  get arguments(): readonly string[] {
    const found: string[] = []
    for (
      let value = this.#line('agi_arg_1');
      value !== null;
      value = this.#line(`agi_arg_${found.length + 1}`)
    ) {
      found.push(value)
    }
    return found
  }

  get channel(): string {
    return this.#value('agi_channel')
  }

  get uniqueId(): string {
    return this.#value('agi_uniqueid')
  }

  get callerId(): string | null {
    return this.#known('agi_callerid')
  }

  get callerIdName(): string | null {
    return this.#known('agi_calleridname')
  }

  get dnid(): string | null {
    return this.#known('agi_dnid')
  }

  get rdnis(): string | null {
    return this.#known('agi_rdnis')
  }

  get context(): string {
    return this.#value('agi_context')
  }

  get extension(): string {
    return this.#value('agi_extension')
  }

  get priority(): number {
    return Number(this.#value('agi_priority'))
  }

  get language(): string {
    return this.#value('agi_language')
  }

  get type(): string {
    return this.#value('agi_type')
  }

  get version(): string {
    return this.#value('agi_version')
  }

  get accountCode(): string {
    return this.#value('agi_accountcode')
  }

  get threadId(): string {
    return this.#value('agi_threadid')
  }

  get raw(): ReadonlyMap<string, string> {
    const pairs = this.#text
      .slice(1, -1)
      .split('\n')
      .map((line): [string, string] => {
        const colon = line.indexOf(':')
        return [line.slice(0, colon), line.slice(colon + 2)]
      })
    return new Map(pairs)
  }

  get #networkScript(): { path: string; query: string } {
    const address = this.#value('agi_network_script')
    const mark = address.indexOf('?')
    return mark === -1
      ? { path: address, query: '' }
      : { path: address.slice(0, mark), query: address.slice(mark + 1) }
  }

  #line(name: string): string | null {
    const begin = this.#text.indexOf(`\n${name}: `)
    if (begin === -1) return null
    const valueBegin = begin + name.length + 3
    return this.#text.slice(valueBegin, this.#text.indexOf('\n', valueBegin))
  }

  #value(name: string): string {
    return this.#line(name) ?? ''
  }

  #known(name: string): string | null {
    const value = this.#line(name)
    return value === null || value === '' || value === 'unknown' ? null : value
  }
}

function percentDecoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    // A bare '%' in a dialplan is no fault: the path is then what was written.
    return path
  }
}
