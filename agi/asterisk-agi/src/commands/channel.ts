import type { AgiReply } from '../reply.ts'
import { integer, notEmpty } from './arguments.ts'
import { type AgiCommand, CHANNEL_STATUS, ON_ANY_CHANNEL, ON_LIVE_CHANNEL } from './command.ts'
import { integerOf, nothing, yesOrNo, zeroOrFailed } from './readings.ts'

/** Seconds until an automatic hangup: a year. */
const AUTO_HANGUP_SECONDS_MAX = 31_536_000

/** The channel itself. */
export interface ChannelCommands {
  /** ANSWER: answers the channel, unless it is up. @throws AgiCommandFailedError when Asterisk can't. */
  answer(): Promise<void>

  /** HANGUP: hangs this channel up. Resolves as well when the caller was faster. */
  hangup(): Promise<void>

  /** HANGUP of another channel; false when there is none of that name. */
  hangupChannel(channel: string): Promise<boolean>

  /** CHANNEL STATUS: 0 down … 4 ringing … 6 up (include/asterisk/channelstate.h). */
  channelStatus(): Promise<number>

  /** CHANNEL STATUS of another channel; null when there is none of that name. */
  channelStatusOf(channel: string): Promise<number | null>

  /** SET AUTOHANGUP: hangs the call up after so many seconds, at most a year; 0 for never. */
  setAutoHangup(seconds: number): Promise<void>

  /** SET CALLERID: what later parties are shown, as '2001' or '"Maria" <2001>'; cut at 255 bytes. */
  setCallerId(callerId: string): Promise<void>

  /** SET MUSIC: starts or stops music on hold; it plays while other work is done. @param musicClass Default: the channel's. */
  setMusic(on: boolean, musicClass?: string): Promise<void>

  /** ASYNCAGI BREAK: means something to AsyncAGI only; over FastAGI the call goes on. */
  asyncAgiBreak(): Promise<void>
}

export function answer(): AgiCommand<void> {
  return { ...ON_LIVE_CHANNEL, verb: 'ANSWER', arguments: [], read: zeroOrFailed }
}

export function hangup(): AgiCommand<void> {
  return { ...ON_LIVE_CHANNEL, verb: 'HANGUP', arguments: [], read: nothing }
}

export function hangupChannel(channel: string): AgiCommand<boolean> {
  const verb = 'HANGUP'
  return { ...ON_LIVE_CHANNEL, verb, arguments: [notEmpty(verb, channel)], read: yesOrNo }
}

export function channelStatus(): AgiCommand<number> {
  return { ...CHANNEL_STATUS, read: integerOf }
}

export function channelStatusOf(channel: string): AgiCommand<number | null> {
  const all = [notEmpty(CHANNEL_STATUS.verb, channel)]
  return { ...CHANNEL_STATUS, arguments: all, read: stateOrNull }
}

export function setAutoHangup(seconds: number): AgiCommand<void> {
  const verb = 'SET AUTOHANGUP'
  const after = integer(verb, seconds, { min: 0, max: AUTO_HANGUP_SECONDS_MAX })
  return { ...ON_LIVE_CHANNEL, verb, arguments: [after], read: nothing }
}

export function setCallerId(callerId: string): AgiCommand<void> {
  return { ...ON_LIVE_CHANNEL, verb: 'SET CALLERID', arguments: [callerId], read: nothing }
}

export function setMusic(on: boolean, musicClass?: string): AgiCommand<void> {
  const all = [on ? 'on' : 'off', ...(on && musicClass !== undefined ? [musicClass] : [])]
  return { ...ON_LIVE_CHANNEL, verb: 'SET MUSIC', arguments: all, read: nothing }
}

export function asyncAgiBreak(): AgiCommand<void> {
  return { ...ON_ANY_CHANNEL, verb: 'ASYNCAGI BREAK', arguments: [], read: nothing }
}

function stateOrNull(reply: AgiReply): number | null {
  const state = integerOf(reply)
  return state < 0 ? null : state
}
