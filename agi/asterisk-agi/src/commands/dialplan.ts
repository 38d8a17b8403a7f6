import type { AgiReply } from '../reply.ts'
import { INT_MAX, integer, notEmpty } from './arguments.ts'
import { type AgiArgument, type AgiCommand, IfAlive, ON_LIVE_CHANNEL, UNTIL_DONE } from './command.ts'
import { integerOf, nothing } from './readings.ts'

/** A priority of the dialplan: its number, or its label. */
export type Priority = number | string

/** A place in the dialplan. */
export interface DialplanPlace {
  context: string
  extension: string
  priority: Priority
}

/** What a subroutine ended in. */
export type GosubResult = 'completed' | 'left' | 'not-found'

/** Applications, subroutines, and where the dialplan goes on. */
export interface DialplanCommands {
  /**
   * EXEC: runs a dialplan application; takes as long as that does, and runs after a hangup too. Asterisk expands
   * `${…}` in `argument` when AGIEXECFULL=yes: never put a caller's text there.
   *
   * @returns What the application returned; -2 when there is no such application.
   */
  exec(application: string, argument?: string): Promise<number>

  /**
   * GOSUB: runs a dialplan subroutine until it returns; its value is in `GOSUB_RETVAL`.
   *
   * @param argument ARG1 and so on, separated by commas.
   * @returns 'left' when it ended elsewhere than by Return, 'not-found' when there is no such place; Asterisk then
   *   ends the whole AGI with AGISTATUS=FAILURE.
   */
  gosub(place: DialplanPlace, argument?: string): Promise<GosubResult>

  /** SET CONTEXT: where the dialplan goes on after the AGI. It isn't checked that there is such a context. */
  setContext(context: string): Promise<void>

  /** SET EXTENSION: where the dialplan goes on after the AGI. */
  setExtension(extension: string): Promise<void>

  /**
   * SET PRIORITY: where the dialplan goes on after the AGI.
   *
   * @throws AgiUsageError for a label that the present extension doesn't have.
   */
  setPriority(priority: Priority): Promise<void>
}

export function exec(application: string, argument?: string): AgiCommand<number> {
  const verb = 'EXEC'
  const name = notEmpty(verb, application)
  const all = argument === undefined ? [name] : [name, argument]
  return { ...UNTIL_DONE, allowedWhenDead: true, verb, arguments: all, read: integerOf }
}

export function gosub(place: DialplanPlace, argument?: string): AgiCommand<GosubResult> {
  const verb = 'GOSUB'
  const all: AgiArgument[] = [notEmpty(verb, place.context), notEmpty(verb, place.extension)]
  all.push(priorityOf(verb, place.priority))
  if (argument !== undefined) all.push(argument)
  return { ...UNTIL_DONE, verb, arguments: all, read: gosubEnd }
}

export function setContext(context: string): AgiCommand<void> {
  const verb = 'SET CONTEXT'
  return { ...ON_LIVE_CHANNEL, verb, arguments: [notEmpty(verb, context)], read: nothing }
}

export function setExtension(extension: string): AgiCommand<void> {
  const verb = 'SET EXTENSION'
  return { ...ON_LIVE_CHANNEL, verb, arguments: [notEmpty(verb, extension)], read: nothing }
}

export function setPriority(priority: Priority): AgiCommand<void> {
  const verb = 'SET PRIORITY'
  return { ...ON_LIVE_CHANNEL, verb, arguments: [priorityOf(verb, priority)], read: nothing }
}

function priorityOf(verb: string, priority: Priority): AgiArgument {
  return typeof priority === 'number'
    ? integer(verb, priority, { min: 1, max: INT_MAX })
    : notEmpty(verb, priority)
}

function gosubEnd(reply: AgiReply): GosubResult | IfAlive<GosubResult> {
  if (integerOf(reply) === 0) return reply.tail === 'Gosub complete' ? 'completed' : 'left'
  return reply.tail === 'Gosub label not found' ? 'not-found' : new IfAlive()
}
