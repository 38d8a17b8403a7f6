import { AgiArgumentError, AgiProtocolError } from './errors.ts'

/** Between encoded values; URIENCODE leaves none of it inside one (main/utils.c, ast_uri_encode). */
const SEPARATOR = '&'

/** What is left in a line for the expression, after `GET FULL VARIABLE "`, the mark, `"` and the line feed. */
const LINE_OVERHEAD_BYTES = 64

/**
 * A dialplan function gives at most 4,095 bytes (VAR_BUF_SIZE, main/pbx_functions.c), and an encoded character is three
 * to twelve of them: a longer value comes cut, perhaps in the middle of a character.
 */
const ENCODED_LENGTH_WHOLE = 4_080

/** One round trip: what is asked for, and the names it answers, in order. */
export interface ReadingPlan<Name extends string> {
  expression: string
  names: Name[]
}

/**
 * Puts as many variables into one expression as a line holds.
 *
 * @throws AgiArgumentError for a name that isn't a variable or a function with arguments: nothing else may be expanded.
 */
export function planReading<Name extends string>(
  names: readonly Name[],
  lineBytesMax: number,
): ReadingPlan<Name>[] {
  const plans: ReadingPlan<Name>[] = []
  for (const name of new Set(names)) {
    if (!/^[A-Za-z_]\w*(\([^${}"\\\r\n\0]*\))?$/.test(name)) {
      throw new AgiArgumentError('A name is neither a variable nor a function', {
        command: 'GET FULL VARIABLE',
      })
    }
    const encoded = `\${URIENCODE(\${${name}})}`
    const last = plans.at(-1)
    const bytes = Buffer.byteLength(last?.expression ?? '') + Buffer.byteLength(encoded) + SEPARATOR.length
    if (last === undefined || bytes > lineBytesMax - LINE_OVERHEAD_BYTES) {
      plans.push({ expression: encoded, names: [name] })
    } else {
      last.expression += SEPARATOR + encoded
      last.names.push(name)
    }
  }
  return plans
}

/**
 * The values of a plan's answer; null for one that may have come cut.
 *
 * @throws AgiProtocolError when there are not as many values as names, as when Asterisk has no URIENCODE.
 */
export function readValues<Name extends string>(
  names: readonly Name[],
  list: string,
): [name: Name, value: string | null][] {
  const values = list.split(SEPARATOR)
  if (values.length !== names.length) {
    throw new AgiProtocolError('The list of values is not as asked for', { command: 'GET FULL VARIABLE' })
  }
  return names.map((name, index) => {
    const encoded = values[index] ?? ''
    return [name, encoded.length > ENCODED_LENGTH_WHOLE ? null : decoded(encoded)]
  })
}

function decoded(encoded: string): string {
  // Bytes that aren't UTF-8, as from a caller's name in Latin-1, become U+FFFD, as in every line read.
  const bytes = encoded.replaceAll(/%([\da-fA-F]{2})/g, (_match, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
