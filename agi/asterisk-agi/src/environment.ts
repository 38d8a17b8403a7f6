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
  readonly #raw = new Map<string, string>()
  #length = 0

  /**
   * Takes one line (a CR at its end is tolerated); gives the environment at the blank line, else null.
   *
   * @throws AgiProtocolError for a line that isn't `agi_name: value`, a name sent twice (a value that smuggled a
   *   line break), a missing line that Asterisk always sends, over 200 lines or 65,536 characters.
   */
  push(raw: string): AgiEnvironment | null {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    if (line === '') return environmentOf(this.#raw)
    this.#length += line.length
    if (this.#raw.size >= LINES_MAX || this.#length > LENGTH_MAX) {
      throw new AgiProtocolError('The environment is too long')
    }
    // Only the first colon separates: agi_request and IPv6 channel names hold more of them.
    const match = /^(agi_\w+):(?: (.*))?$/s.exec(line)
    const name = match?.[1]
    if (name === undefined) throw new AgiProtocolError('A line of the environment is malformed')
    if (this.#raw.has(name)) throw new AgiProtocolError('A line of the environment comes twice')
    this.#raw.set(name, match?.[2] ?? '')
    return null
  }
}

function environmentOf(raw: ReadonlyMap<string, string>): AgiEnvironment {
  for (const name of REQUIRED) {
    if (!raw.has(name)) throw new AgiProtocolError(`The environment has no ${name}`)
  }
  const text = (name: string): string => raw.get(name) ?? ''
  const priority = Number(text('agi_priority'))
  if (!Number.isSafeInteger(priority)) throw new AgiProtocolError('agi_priority is no integer')
  return {
    ...scriptOf(text('agi_network_script')),
    arguments: argumentsOf(raw),
    channel: text('agi_channel'),
    uniqueId: text('agi_uniqueid'),
    callerId: knownOrNull(raw, 'agi_callerid'),
    callerIdName: knownOrNull(raw, 'agi_calleridname'),
    dnid: knownOrNull(raw, 'agi_dnid'),
    rdnis: knownOrNull(raw, 'agi_rdnis'),
    context: text('agi_context'),
    extension: text('agi_extension'),
    priority,
    language: text('agi_language'),
    type: text('agi_type'),
    version: text('agi_version'),
    accountCode: text('agi_accountcode'),
    threadId: text('agi_threadid'),
    raw,
  }
}

function scriptOf(networkScript: string): Pick<AgiEnvironment, 'script' | 'query'> {
  const mark = networkScript.indexOf('?')
  const path = mark === -1 ? networkScript : networkScript.slice(0, mark)
  const query = mark === -1 ? '' : networkScript.slice(mark + 1)
  return { script: percentDecoded(path).replace(/^\/+/, ''), query: new URLSearchParams(query) }
}

function percentDecoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    // A bare '%' in a dialplan is no fault: the path is then what was written.
    return path
  }
}

function argumentsOf(raw: ReadonlyMap<string, string>): string[] {
  const found: string[] = []
  for (
    let value = raw.get('agi_arg_1');
    value !== undefined;
    value = raw.get(`agi_arg_${found.length + 1}`)
  ) {
    found.push(value)
  }
  return found
}

function knownOrNull(raw: ReadonlyMap<string, string>, name: string): string | null {
  const value = raw.get(name)
  return value === undefined || value === '' || value === 'unknown' ? null : value
}
