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

/**
 * What Asterisk says of a call before the first command. Text is raw: as the dialplan or the caller gave it. Fields are
 * looked up when they are read, so a spread or JSON.stringify finds none: copy `raw`, or what is wanted by name.
 */
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
  readonly #values: string[] = []
  /** The names of the call before this one, while this one's are the same. */
  #guess: Layout | null = newestLayout
  /** This call's own names, once they differ. */
  #names: string[] = []
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
    if (this.#values.length >= LINES_MAX || this.#length > LENGTH_MAX) {
      throw new AgiProtocolError('The environment is too long')
    }
    const expected = this.#guess?.beginnings[this.#values.length]
    if (expected !== undefined && line.startsWith(expected)) this.#values.push(line.slice(expected.length))
    else this.#pushOther(line)
    return null
  }

  #pushOther(line: string): void {
    if (this.#guess !== null) this.#names = this.#guess.names.slice(0, this.#values.length)
    this.#guess = null
    if (!/^agi_\w+:(?: |$)/.test(line)) throw new AgiProtocolError('A line of the environment is malformed')
    // Only the first colon separates: agi_request and IPv6 channel names hold more of them.
    const colon = line.indexOf(':')
    this.#names.push(line.slice(0, colon))
    this.#values.push(line.slice(colon + 2))
  }

  #whole(): AgiEnvironment {
    const guess = this.#guess?.names.length === this.#values.length ? this.#guess : null
    const layout = guess ?? layoutOf(this.#guess?.names.slice(0, this.#values.length) ?? this.#names)
    newestLayout = layout
    const environment = new CallEnvironment(layout, this.#values.join('\n'))
    if (!Number.isSafeInteger(environment.priority)) throw new AgiProtocolError('agi_priority is no integer')
    return environment
  }
}

/** The names of an environment, in order. */
interface Layout {
  names: readonly string[]
  /** The same with what stands before each value. */
  beginnings: readonly string[]
  places: ReadonlyMap<string, number>
}

/** A call nearly always has the names of the one before it. */
let newestLayout: Layout | null = null

/** Layouts seen: one for each number of arguments, more or less. Nobody fills the memory with names. */
const layouts = new Map<string, Layout>()
const LAYOUTS_MAX = 50
const LAYOUT_KEY_LENGTH_MAX = 2_000

/** @throws AgiProtocolError for a name that comes twice or one that is missing. */
function layoutOf(names: readonly string[]): Layout {
  const key = names.join(' ')
  const known = layouts.get(key)
  if (known !== undefined) return known
  const places = new Map(names.map((name, place) => [name, place]))
  if (places.size < names.length) throw new AgiProtocolError('A line of the environment comes twice')
  for (const name of REQUIRED) {
    if (!places.has(name)) throw new AgiProtocolError(`The environment has no ${name}`)
  }
  const layout = { names, beginnings: names.map((name) => `${name}: `), places }
  if (layouts.size < LAYOUTS_MAX && key.length <= LAYOUT_KEY_LENGTH_MAX) layouts.set(key, layout)
  return layout
}

/** Finds what is asked for when it is asked for: few calls look at more than two or three of the lines. */
class CallEnvironment implements AgiEnvironment {
  readonly #layout: Layout
  /** One line each, in the order of the names. */
  readonly #values: string
  #query: URLSearchParams | null = null

  constructor(layout: Layout, values: string) {
    this.#layout = layout
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
    return new Map([...this.#layout.places].map(([name, place]) => [name, values[place] ?? '']))
  }

  get #networkScript(): { path: string; query: string } {
    const address = this.#value('agi_network_script')
    const mark = address.indexOf('?')
    return mark === -1
      ? { path: address, query: '' }
      : { path: address.slice(0, mark), query: address.slice(mark + 1) }
  }

  #line(name: string): string | null {
    const place = this.#layout.places.get(name)
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
