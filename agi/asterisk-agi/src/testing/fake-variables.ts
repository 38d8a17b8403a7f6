/** Facts of the channel that dialplan functions read. */
export interface ChannelFacts {
  channel: string
  uniqueId: string
  linkedId: string
  language: string
  callerId: string
  callerIdName: string
}

/** Variables of the fake channel, and the few dialplan functions that a call flow reads. */
export class FakeVariables {
  readonly values: Map<string, string>
  readonly #functions: ReadonlyMap<string, string>

  constructor(initial: Readonly<Record<string, string>>, facts: ChannelFacts) {
    this.values = new Map(Object.entries(initial))
    this.#functions = new Map([
      ['CHANNEL(name)', facts.channel],
      ['CHANNEL(uniqueid)', facts.uniqueId],
      ['CHANNEL(linkedid)', facts.linkedId],
      ['CHANNEL(language)', facts.language],
      ['CALLERID(num)', facts.callerId],
      ['CALLERID(name)', facts.callerIdName],
      ['CALLERID(all)', `"${facts.callerIdName}" <${facts.callerId}>`],
      ['UNIQUEID', facts.uniqueId],
    ])
  }

  /** A variable or function by its name, or null when it isn't set. */
  get(name: string): string | null {
    const encoded = /^URIENCODE\((.*)\)$/s.exec(name)
    if (encoded !== null) return encodeURIComponent(encoded[1] ?? '')
    return this.values.get(name) ?? this.#functions.get(name) ?? null
  }

  /** Leading underscores say how a variable is inherited and are no part of its name. */
  set(name: string, value: string): void {
    this.values.set(name.replace(/^__?/, ''), value)
  }

  /** Replaces every `${…}`, inner ones first; what isn't set becomes ''. Values aren't expanded again. */
  expand(expression: string): string {
    return this.#expandFrom(expression, 0, false).text
  }

  #expandFrom(source: string, start: number, inside: boolean): { text: string; end: number } {
    let text = ''
    let at = start
    while (at < source.length) {
      if (source.startsWith('${', at)) {
        const inner = this.#expandFrom(source, at + 2, true)
        text += this.get(inner.text) ?? ''
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
}
