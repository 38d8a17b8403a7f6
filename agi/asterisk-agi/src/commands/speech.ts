import { type DtmfKey, isDtmfKey } from '../dtmf.ts'
import { AgiProtocolError } from '../errors.ts'
import type { AgiReply } from '../reply.ts'
import { clamped, INT_MAX, integer, notEmpty } from './arguments.ts'
import { type AgiCommand, IfAlive, ON_ANY_CHANNEL, UNTIL_DONE } from './command.ts'
import { yesOrNo } from './readings.ts'

/** One way to understand what was said. */
export interface SpeechAlternative {
  /** As the engine scores; higher is surer. */
  score: number
  text: string
  /** The grammar that matched. */
  grammar: string
}

/**
 * What listening ended in; `endpos` is where the prompt was stopped, in samples, 0 when it wasn't. 'failed': there is no
 * speech object.
 */
export type SpeechResult =
  | { kind: 'speech'; alternatives: SpeechAlternative[]; endpos: number }
  | { kind: 'key'; key: DtmfKey; endpos: number }
  | { kind: 'timeout'; endpos: number }
  | { kind: 'failed' }

/** Speech recognition, by an engine that Asterisk has a module for. Each but `speechRecognize` tells whether it worked. */
export interface SpeechCommands {
  /** SPEECH CREATE: one speech object a call. @param engine '' for the default one. */
  speechCreate(engine: string): Promise<boolean>

  /** SPEECH SET: a setting of the engine; false only without a speech object. */
  speechSet(name: string, value: string): Promise<boolean>

  /** SPEECH DESTROY: runs after a hangup too. */
  speechDestroy(): Promise<boolean>

  /** SPEECH LOAD GRAMMAR. @param path On the host of Asterisk. */
  speechLoadGrammar(name: string, path: string): Promise<boolean>

  /** SPEECH UNLOAD GRAMMAR: runs after a hangup too. */
  speechUnloadGrammar(name: string): Promise<boolean>

  /** SPEECH ACTIVATE GRAMMAR. */
  speechActivateGrammar(name: string): Promise<boolean>

  /** SPEECH DEACTIVATE GRAMMAR. */
  speechDeactivateGrammar(name: string): Promise<boolean>

  /**
   * SPEECH RECOGNIZE: plays a prompt and listens; speech or a key stops the prompt.
   *
   * @param timeoutSeconds Of listening, from the end of the prompt; 0 for no end.
   * @param offset Where the prompt begins, in samples; default 0.
   */
  speechRecognize(prompt: string, timeoutSeconds: number, offset?: number): Promise<SpeechResult>
}

export function speechCreate(engine: string): AgiCommand<boolean> {
  return onSpeech('SPEECH CREATE', [engine])
}

export function speechSet(name: string, value: string): AgiCommand<boolean> {
  return onSpeech('SPEECH SET', [notEmpty('SPEECH SET', name), value])
}

export function speechDestroy(): AgiCommand<boolean> {
  return { ...onSpeech('SPEECH DESTROY', []), ...ON_ANY_CHANNEL }
}

export function speechLoadGrammar(name: string, path: string): AgiCommand<boolean> {
  const verb = 'SPEECH LOAD GRAMMAR'
  return onSpeech(verb, [notEmpty(verb, name), notEmpty(verb, path)])
}

export function speechUnloadGrammar(name: string): AgiCommand<boolean> {
  const verb = 'SPEECH UNLOAD GRAMMAR'
  return { ...onSpeech(verb, [notEmpty(verb, name)]), ...ON_ANY_CHANNEL }
}

export function speechActivateGrammar(name: string): AgiCommand<boolean> {
  const verb = 'SPEECH ACTIVATE GRAMMAR'
  return onSpeech(verb, [notEmpty(verb, name)])
}

export function speechDeactivateGrammar(name: string): AgiCommand<boolean> {
  const verb = 'SPEECH DEACTIVATE GRAMMAR'
  return onSpeech(verb, [notEmpty(verb, name)])
}

export function speechRecognize(
  prompt: string,
  timeoutSeconds: number,
  offset = 0,
): AgiCommand<SpeechResult> {
  const verb = 'SPEECH RECOGNIZE'
  const seconds = clamped(verb, timeoutSeconds, { min: 0, max: INT_MAX })
  const begin = integer(verb, offset, { min: 0, max: INT_MAX })
  const from = begin === 0 ? [] : [begin]
  return { ...UNTIL_DONE, verb, arguments: [notEmpty(verb, prompt), seconds, ...from], read: recognition }
}

/** An engine may take its time, as to fetch a grammar. */
function onSpeech(verb: string, all: readonly string[]): AgiCommand<boolean> {
  return { ...UNTIL_DONE, verb, arguments: all, read: yesOrNo }
}

function recognition(reply: AgiReply): SpeechResult | IfAlive<SpeechResult> {
  const endpos = reply.endpos ?? 0
  switch (reply.value ?? '') {
    case 'speech':
      return { kind: 'speech', alternatives: alternativesOf(reply.tail), endpos }
    case 'digit':
      return { kind: 'key', key: keyOf(reply.tail), endpos }
    case 'timeout':
      return { kind: 'timeout', endpos }
    case 'hangup':
      return new IfAlive()
    default:
      return new IfAlive<SpeechResult>({ kind: 'failed' })
  }
}

function keyOf(tail: string): DtmfKey {
  const key = /\bdigit=(.)/.exec(tail)?.[1] ?? ''
  if (!isDtmfKey(key)) throw new AgiProtocolError('The reply holds no key')
  return key
}

/** Texts are unescaped, so each ends where the next field's name begins; Asterisk cuts all of them at 4,095 bytes. */
function alternativesOf(tail: string): SpeechAlternative[] {
  const found: SpeechAlternative[] = []
  let rest = tail
  for (let index = 0; ; index += 1) {
    const match = new RegExp(`(?:^| )score${index}=(-?\\d+) text${index}="([^]*?)" grammar${index}=`).exec(
      rest,
    )
    if (match === null) return found
    const after = rest.slice(match.index + match[0].length)
    const next = after.indexOf(` score${index + 1}=`)
    const grammar = next === -1 ? after : after.slice(0, next)
    found.push({ score: Number(match[1]), text: match[2] ?? '', grammar })
    rest = next === -1 ? '' : after.slice(next)
  }
}
