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

/**
 * Gathers the environment's lines, with bounds, until the blank line that ends them.
 *
 * Asterisk sends the same names in every call: they are looked at and kept once, and of a call only its values.
 */
export class EnvironmentReader {
  readonly #names: string[] = []
  readonly #values: string[] = []
  #length = 0

  /**
   * Takes one line (a CR at its end is tolerated); gives the environment at the blank line, else null.
   *
   * @throws AgiProtocolError for a line that isn't `agi_name: value`, over 200 lines or 65,536 characters and, at the
   *   blank line, a name sent twice (a value that smuggled a line break), or a missing one that Asterisk always sends.
   */
  push(raw: string): AgiEnvironment | null {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    if (line === '') return this.#whole()
    this.#length += line.length
    if (this.#names.length >= LINES_MAX || this.#length > LENGTH_MAX) {
      throw new AgiProtocolError('The environment is too long')
    }
    if (!/^agi_\w+:(?: |$)/.test(line)) throw new AgiProtocolError('A line of the environment is malformed')
    // Only the first colon separates: agi_request and IPv6 channel names hold more of them.
    const colon = line.indexOf(':')
    this.#names.push(line.slice(0, colon))
    this.#values.push(line.slice(colon + 2))
    return null
  }

  #whole(): AgiEnvironment {
    const environment = new CallEnvironment(placesOf(this.#names), this.#values.join('\n'))
    if (!Number.isSafeInteger(environment.priority)) throw new AgiProtocolError('agi_priority is no integer')
    return environment
  }
}

/** The names of an environment with their places in it, in order. */
type Places = ReadonlyMap<string, number>

/** Lists of names seen so far; a call more or less has another one only when it has other arguments. */
const placesSeen = new Map<string, Places>()
/** Nobody fills the memory with names. */
const PLACES_SEEN_MAX = 100
const PLACES_KEY_LENGTH_MAX = 2_000

/** @throws AgiProtocolError for a name that comes twice or one that is missing. */
function placesOf(names: readonly string[]): Places {
  const key = names.join(' ')
  const seen = placesSeen.get(key)
  if (seen !== undefined) return seen
  const places = new Map(names.map((name, place) => [name, place]))
  if (places.size < names.length) throw new AgiProtocolError('A line of the environment comes twice')
  for (const name of REQUIRED) {
    if (!places.has(name)) throw new AgiProtocolError(`The environment has no ${name}`)
  }
  if (placesSeen.size < PLACES_SEEN_MAX && key.length <= PLACES_KEY_LENGTH_MAX) placesSeen.set(key, places)
  return places
}

/** Finds what is asked for when it is asked for: few calls look at more than two or three of the lines. */
class CallEnvironment implements AgiEnvironment {
  readonly #places: Places
  /** One line each, in the order of the names. */
  readonly #values: string
  #query: URLSearchParams | null = null

  constructor(places: Places, values: string) {
    this.#places = places
    this.#values = values
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
    const values = this.#values.split('\n')
    return new Map([...this.#places].map(([name, place]) => [name, values[place] ?? '']))
  }

  get #networkScript(): { path: string; query: string } {
    const address = this.#value('agi_network_script')
    const mark = address.indexOf('?')
    return mark === -1
      ? { path: address, query: '' }
      : { path: address.slice(0, mark), query: address.slice(mark + 1) }
  }

  #line(name: string): string | null {
    const place = this.#places.get(name)
    if (place === undefined) return null
    let begin = 0
    for (let line = 0; line < place; line += 1) begin = this.#values.indexOf('\n', begin) + 1
    const end = this.#values.indexOf('\n', begin)
    return this.#values.slice(begin, end === -1 ? undefined : end)
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
