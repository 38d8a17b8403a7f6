import type { AgiReply } from '../reply.ts'
import { notEmpty } from './arguments.ts'
import { type AgiCommand, IfAlive, ON_ANY_CHANNEL } from './command.ts'
import { integerOf, textOrNull, yesOrNo } from './readings.ts'

/** Asterisk's own database (AstDB). All of them run after a hangup too. */
export interface DatabaseCommands {
  /**
   * DATABASE GET: a value, null when there is none. A value with `)` at the end of an inner line is cut there: use
   * `getFullVariable` with `${DB(family/key)}` for such text.
   */
  databaseGet(family: string, key: string): Promise<string | null>

  /** DATABASE PUT. @throws AgiCommandFailedError when it can't be stored. */
  databasePut(family: string, key: string, value: string): Promise<void>

  /** DATABASE DEL: true when it is gone, also when it was never there. */
  databaseDelete(family: string, key: string): Promise<boolean>

  /** DATABASE DELTREE: a whole family, or a tree of keys in it; whether anything was deleted. */
  databaseDeleteTree(family: string, tree?: string): Promise<boolean>
}

export function databaseGet(family: string, key: string): AgiCommand<string | null> {
  const verb = 'DATABASE GET'
  return { ...ON_ANY_CHANNEL, valueEnd: ')', verb, arguments: place(verb, family, key), read: textOrNull }
}

export function databasePut(family: string, key: string, value: string): AgiCommand<void> {
  const verb = 'DATABASE PUT'
  return { ...ON_ANY_CHANNEL, verb, arguments: [...place(verb, family, key), value], read: stored }
}

export function databaseDelete(family: string, key: string): AgiCommand<boolean> {
  const verb = 'DATABASE DEL'
  return { ...ON_ANY_CHANNEL, verb, arguments: place(verb, family, key), read: yesOrNo }
}

export function databaseDeleteTree(family: string, tree?: string): AgiCommand<boolean> {
  const verb = 'DATABASE DELTREE'
  const all = tree === undefined ? [notEmpty(verb, family)] : place(verb, family, tree)
  return { ...ON_ANY_CHANNEL, verb, arguments: all, read: (reply) => !yesOrNo(reply) }
}

function place(verb: string, family: string, key: string): string[] {
  return [notEmpty(verb, family), notEmpty(verb, key)]
}

function stored(reply: AgiReply): void | IfAlive<void> {
  if (integerOf(reply) !== 1) return new IfAlive()
}
