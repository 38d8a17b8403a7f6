/** What there is to know of the channel; commands and dialplan functions change some of it. */
export interface ChannelFacts {
  readonly channel: string
  readonly uniqueId: string
  readonly linkedId: string
  language: string
  callerId: string
  callerIdName: string
  context: string
  extension: string
  priority: number
}

const STATES: Readonly<Record<number, string>> = { 4: 'Ring', 6: 'Up' }

/** Variables of the fake channel, and the few dialplan functions that a call flow reads. */
export class FakeVariables {
  /** What the test, the server, an application or a routine set. */
  readonly values: Map<string, string>
  /** What Asterisk set by itself, as PLAYBACKSTATUS. */
  readonly #own = new Map<string, string>()
  readonly #facts: ChannelFacts
  readonly #state: () => number

  constructor(initial: Readonly<Record<string, string>>, facts: ChannelFacts, state: () => number) {
    this.values = new Map(Object.entries(initial))
    this.#facts = facts
    this.#state = state
  }

  /** A variable or function by its name, or null when it isn't set. */
  get(name: string): string | null {
    return this.values.get(name) ?? this.#own.get(name) ?? this.#read(name)
  }

  /** Leading underscores say how a variable is inherited and are no part of its name. */
  set(name: string, value: string): void {
    if (name === 'CALLERID(num)') this.#facts.callerId = value
    else if (name === 'CALLERID(name)') this.#facts.callerIdName = value
    else if (name === 'CHANNEL(language)') this.#facts.language = value
    else this.values.set(name.replace(/^__?/, ''), value)
  }

  /** Sets what Asterisk sets by itself. */
  setOwn(name: string, value: string): void {
    this.values.delete(name)
    this.#own.set(name, value)
  }

  /** Replaces every `${…}`, inner ones first; what isn't set becomes ''. Values and `$[…]` aren't expanded. */
  expand(expression: string): string {
    return this.#expandFrom(expression, 0, false).text
  }

  #read(name: string): string | null {
    const facts = this.#facts
    switch (name) {
      case 'CHANNEL(name)':
      case 'CHANNEL':
        return facts.channel
      case 'CHANNEL(uniqueid)':
      case 'UNIQUEID':
        return facts.uniqueId
      case 'CHANNEL(linkedid)':
        return facts.linkedId
      case 'CHANNEL(language)':
        return facts.language
      case 'CHANNEL(state)':
        return STATES[this.#state()] ?? 'Unknown'
      case 'CALLERID(num)':
        return facts.callerId
      case 'CALLERID(name)':
        return facts.callerIdName
      case 'CALLERID(all)':
        return `"${facts.callerIdName}" <${facts.callerId}>`
      case 'CONTEXT':
        return facts.context
      case 'EXTEN':
        return facts.extension
      case 'PRIORITY':
        return String(facts.priority)
      default:
        return computed(name)
    }
  }

  #expandFrom(source: string, start: number, inside: boolean): { text: string; end: number } {
    let text = ''
    let at = start
    while (at < source.length) {
      if (source.startsWith('${', at)) {
        const inner = this.#expandFrom(source, at + 2, true)
        text += this.#part(inner.text)
        at = inner.end
      } else if (inside && source[at] === '}') {
        return { text, end: at + 1 }
      } else {
        text += source[at]
        at += 1
      }
    }
    return { text, end: at }
  }

  /** A value, or a piece of it: `NAME:offset` or `NAME:offset:length`, where what is negative counts from the end. */
  #part(name: string): string {
    const [, base, offset, length] = /^(\w+):(-?\d+)(?::(-?\d+))?$/.exec(name) ?? []
    if (base === undefined) return this.get(name) ?? ''
    const bytes = Buffer.from(this.get(base) ?? '')
    const from = bytes.subarray(Number(offset))
    if (length === undefined) return from.toString()
    return from.subarray(0, Number(length)).toString()
  }
}

/** Functions that need nothing but their argument. */
function computed(name: string): string | null {
  const [, called, argument = ''] = /^(URIENCODE|LEN)\((.*)\)$/s.exec(name) ?? []
  if (called === 'URIENCODE') return encodeURIComponent(argument)
  return called === 'LEN' ? String(Buffer.byteLength(argument)) : null
}
