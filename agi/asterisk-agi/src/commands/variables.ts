import { AgiProtocolError } from '../errors.ts'
import type { AgiReply } from '../reply.ts'
import { notEmpty } from './arguments.ts'
import { type AgiCommand, ON_ANY_CHANNEL } from './command.ts'
import { nothing, textOrNull } from './readings.ts'

/** Variables and functions of the dialplan. All of them run after a hangup too. */
export interface VariableCommands {
  /** SET VARIABLE: sets a channel variable or a writable function, as `CALLERID(name)`. */
  setVariable(name: string, value: string): Promise<void>

  /** Sets several, in one round trip (EXEC MSet) when their names and values allow it. */
  setVariables(variables: Readonly<Record<string, string>>): Promise<void>

  /**
   * GET VARIABLE: reads a channel variable; null when it isn't set. Asterisk cuts it at 1,023 bytes, and a value with
   * `)` at the end of an inner line is cut there: use {@link getFullVariable} for long or foreign text.
   */
  getVariable(name: string): Promise<string | null>

  /**
   * Reads several whole, in one round trip (GET FULL VARIABLE with an encoded list; Asterisk needs func_uri, which
   * is part of every build). What isn't set is ''.
   *
   * @param names Variables or functions, as `CHANNEL(linkedid)`, without `${…}`.
   */
  getVariables<Name extends string>(names: readonly Name[]): Promise<Record<Name, string>>

  /**
   * GET FULL VARIABLE: expands an expression, as `${CHANNEL(linkedid)}`, whole; '' for what isn't set, null when there
   * is no such channel. Never put a caller's text into the expression.
   *
   * @param channel Name of another channel; default this one.
   */
  getFullVariable(expression: string, channel?: string): Promise<string | null>
}

export function setVariable(name: string, value: string): AgiCommand<void> {
  const verb = 'SET VARIABLE'
  return { ...ON_ANY_CHANNEL, verb, arguments: [notEmpty(verb, name), value], read: nothing }
}

export function getVariable(name: string): AgiCommand<string | null> {
  const verb = 'GET VARIABLE'
  return { ...ON_ANY_CHANNEL, valueEnd: ')', verb, arguments: [notEmpty(verb, name)], read: textOrNull }
}

/**
 * @param mark Written behind the expression and so read behind the value: where a value with line breaks and
 *   parentheses of its own ends. Nothing a caller could guess.
 */
export function getFullVariable(
  expression: string,
  mark: string,
  channel?: string,
): AgiCommand<string | null> {
  return {
    ...ON_ANY_CHANNEL,
    verb: 'GET FULL VARIABLE',
    valueEnd: `${mark})`,
    arguments: channel === undefined ? [expression + mark] : [expression + mark, channel],
    read: (reply) => valueBefore(mark, reply),
  }
}

function valueBefore(mark: string, reply: AgiReply): string | null {
  const value = textOrNull(reply)
  if (value === null) return null
  if (!value.endsWith(mark)) throw new AgiProtocolError('The value does not end as it was asked to')
  return value.slice(0, -mark.length)
}
