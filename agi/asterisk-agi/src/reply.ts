import { AgiProtocolError } from './errors.ts'

/** Longest reply, in characters: a multi-line value or usage text. */
const REPLY_LENGTH_MAX = 256 * 1024

/** A reply of Asterisk to one command. */
export interface AgiReply {
  /** 200, 503, 510, 511 or 520. */
  status: number
  /** What follows `result=` up to the first space ('0', '-1', '0123', ''); '' when the status isn't 200. */
  result: string
  /** What stands in parentheses behind the result, raw, or null. */
  value: string | null
  /** What follows the result, or the value where there is one, without the space before it. */
  tail: string
  /** `endpos=`, in samples, or null. */
  endpos: number | null
}

/** What a line from Asterisk can complete: a reply, or the news that the caller is gone. */
export type ReplyEvent = AgiReply | 'hangup'

/**
 * Makes replies of lines. Values come unescaped from Asterisk 22 (res/res_agi.c, handle_getvariable), with
 * parentheses and line feeds of their own, so the reader must know what the command in flight may answer.
 */
export class ReplyReader {
  #valueEnd: string | null = null
  #open: { until: (line: string) => boolean; text: string } | null = null
  #lastHadValue = false

  /**
   * Says what the replies from now on may look like: a stray usage text may come before the one that is due.
   *
   * @param valueEnd How the last line of a parenthesised value ends (')'), or null when the reply of this
   *   command is one line.
   */
  expect(valueEnd: string | null): void {
    this.#valueEnd = valueEnd
  }

  /**
   * Takes one line; gives what it completes, or null.
   *
   * @throws AgiProtocolError for a line that is no part of FastAGI, or a reply that is too long.
   */
  push(raw: string): ReplyEvent | null {
    if (this.#open !== null) return this.#continue(raw)
    const line = withoutCarriageReturn(raw)
    if (line === 'HANGUP') return 'hangup'
    if (!line.startsWith(RESULT) && !/^\d{3}[ -]/.test(line)) return this.#stray()
    // Only GOSUB answers 100, and the reply proper follows it.
    if (line.startsWith('1')) return null
    if (line[3] === '-') {
      const end = `${line.slice(0, 3)} `
      this.#open = { until: (next) => next.startsWith(end), text: line }
      return null
    }
    return this.#begin(raw, line)
  }

  #begin(raw: string, line: string): ReplyEvent | null {
    const end = this.#valueEnd
    const opensValue = end !== null && /^200 result=\S* \(/.test(line)
    if (!opensValue || line.endsWith(end)) return this.#complete(line, opensValue)
    this.#open = { until: (next) => withoutCarriageReturn(next).endsWith(end), text: raw }
    return null
  }

  #continue(raw: string): ReplyEvent | null {
    const open = this.#open
    if (open === null) return null
    if (open.text.length + raw.length > REPLY_LENGTH_MAX) {
      throw new AgiProtocolError(`A reply is longer than ${REPLY_LENGTH_MAX} characters`)
    }
    if (open.until(raw)) {
      this.#open = null
      return this.#complete(`${open.text}\n${withoutCarriageReturn(raw)}`, open.text.startsWith('200'))
    }
    open.text += `\n${raw}`
    return null
  }

  #complete(text: string, hadValue: boolean): ReplyEvent {
    this.#lastHadValue = hadValue
    return parseReply(text, hadValue)
  }

  /** A value with a `)` at the end of an inner line looks complete there; what is left of it comes here. */
  #stray(): null {
    if (this.#lastHadValue) return null
    throw new AgiProtocolError('A line is neither a reply nor HANGUP')
  }
}

const RESULT = '200 result='

/**
 * @param hasText Whether the value is text of its own, which may hold parentheses; else it is a word of Asterisk's.
 * @throws AgiProtocolError when a 200 has no `result=`.
 */
function parseReply(text: string, hasText: boolean): AgiReply {
  if (!text.startsWith(RESULT)) {
    const status = Number(text.slice(0, 3))
    if (status === 200) throw new AgiProtocolError('A reply 200 has no result')
    return { status, result: '', value: null, tail: '', endpos: null }
  }
  const resultEnd = text.indexOf(' ', RESULT.length)
  if (resultEnd === -1) {
    return { status: 200, result: text.slice(RESULT.length), value: null, tail: '', endpos: null }
  }
  const result = text.slice(RESULT.length, resultEnd)
  const after = text.slice(resultEnd + 1)
  const valueEnd = after.startsWith('(') ? closingOf(after, hasText) : -1
  const value = valueEnd === -1 ? null : after.slice(1, valueEnd)
  const tail = valueEnd === -1 ? after : after.slice(valueEnd + 1).trimStart()
  const endpos = /(?:^| )endpos=(-?\d+)/.exec(tail)
  return { status: 200, result, value, tail, endpos: endpos === null ? null : Number(endpos[1]) }
}

function closingOf(text: string, hasText: boolean): number {
  return hasText ? text.lastIndexOf(')') : text.indexOf(')')
}

function withoutCarriageReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
