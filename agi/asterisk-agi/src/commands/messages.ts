import { integer, notEmpty } from './arguments.ts'
import { type AgiCommand, ON_ANY_CHANNEL, ON_LIVE_CHANNEL } from './command.ts'
import { nothing, yesOrNo, zeroOrFailed } from './readings.ts'

/** Highest level of `core set verbose` that Asterisk tells apart. */
const VERBOSE_LEVEL_MAX = 10

/** Text, images and words for the console. */
export interface MessageCommands {
  /** SEND TEXT: to a channel that carries text; others ignore it. */
  sendText(text: string): Promise<void>

  /** SEND IMAGE: to a channel that carries images; others ignore it. @param image Without its ending. */
  sendImage(image: string): Promise<void>

  /** TDD MODE: text telephone on an analog channel; false when the channel can't. */
  tddMode(mode: 'on' | 'off' | 'mate'): Promise<boolean>

  /** VERBOSE: writes to Asterisk's console; runs after a hangup too. @param level 0 (default) to 10. */
  verbose(message: string, level?: number): Promise<void>

  /** NOOP: nothing, and comes back; runs after a hangup too. */
  noop(): Promise<void>
}

export function sendText(text: string): AgiCommand<void> {
  return { ...ON_LIVE_CHANNEL, verb: 'SEND TEXT', arguments: [text], read: zeroOrFailed }
}

export function sendImage(image: string): AgiCommand<void> {
  const verb = 'SEND IMAGE'
  return { ...ON_LIVE_CHANNEL, verb, arguments: [notEmpty(verb, image)], read: zeroOrFailed }
}

export function tddMode(mode: 'on' | 'off' | 'mate'): AgiCommand<boolean> {
  return { ...ON_LIVE_CHANNEL, verb: 'TDD MODE', arguments: [mode], read: yesOrNo }
}

export function verbose(message: string, level = 0): AgiCommand<void> {
  const verb = 'VERBOSE'
  const at = integer(verb, level, { min: 0, max: VERBOSE_LEVEL_MAX })
  return { ...ON_ANY_CHANNEL, verb, arguments: [message, at], read: nothing }
}

export function noop(): AgiCommand<void> {
  return { ...ON_ANY_CHANNEL, verb: 'NOOP', arguments: [], read: nothing }
}
