import { randomBytes } from 'node:crypto'
import type { AgiCall, DigitResult, PlaybackResult, SayResult } from './call.ts'
import type { CommandExchange } from './command-exchange.ts'
import { COMMANDS, type CommandName } from './commands.ts'
import { checkKeySet, dtmfKeyOfCode } from './dtmf.ts'
import { encodeCommand, lineBytesMaxOf } from './encoding.ts'
import type { AgiEnvironment } from './environment.ts'
import {
  AgiArgumentError,
  AgiCommandFailedError,
  AgiDeadChannelError,
  AgiHangupError,
  AgiProtocolError,
} from './errors.ts'
import type { AgiReply } from './reply.ts'
import { planVariables } from './variables.ts'

const INT_MAX = 2_147_483_647

/** GET DATA writes into 1,024 bytes (res/res_agi.c, handle_getdata). */
const GET_DATA_DIGITS_MAX = 1_023

type Argument = string | number

/** {@link AgiCall} over a {@link CommandExchange}. */
export class TypedCall implements AgiCall {
  readonly environment: AgiEnvironment
  readonly #exchange: CommandExchange
  readonly #replyTimeoutMs: number
  readonly #lineBytesMax: number
  /** Written behind each expression and so read behind each value: where a value with line breaks ends. */
  readonly #valueMark = `~${randomBytes(6).toString('hex')}`
  #hangupAsked = false

  constructor(options: { environment: AgiEnvironment; exchange: CommandExchange; replyTimeoutMs: number }) {
    this.environment = options.environment
    this.#exchange = options.exchange
    this.#replyTimeoutMs = options.replyTimeoutMs
    this.#lineBytesMax = lineBytesMaxOf(options.environment.version)
  }

  get signal(): AbortSignal {
    return this.#exchange.signal
  }

  /** Whether the handler itself hung up. */
  get hangupAsked(): boolean {
    return this.#hangupAsked
  }

  answer(): Promise<void> {
    return guarded(async () => {
      const result = await this.#number('answer', [])
      if (result < 0) throw await this.#failureOf('answer')
    })
  }

  channelStatus(): Promise<number> {
    return guarded(() => this.#number('channelStatus', []))
  }

  streamFile(file: string, escapeDigits = ''): Promise<PlaybackResult> {
    return guarded(() => this.#playback('streamFile', [checkFile(file), keySet('streamFile', escapeDigits)]))
  }

  getOption(file: string, escapeDigits: string, timeoutMs: number): Promise<PlaybackResult> {
    return guarded(async () => {
      const keys = keySet('getOption', escapeDigits)
      const waitMs = integer('getOption', timeoutMs, [0, INT_MAX])
      const result = await this.#playback('getOption', [checkFile(file), keys, waitMs])
      // A hangup in the wait is told as "no key" (res/res_agi.c, handle_getoption); HANGUP follows the reply.
      if (result.kind === 'finished' && this.#exchange.hungUp) throw hangup('getOption')
      return result
    })
  }

  waitForDigit(timeoutMs: number): Promise<DigitResult> {
    return guarded(async () => {
      const waitMs = integer('waitForDigit', timeoutMs, [0, INT_MAX])
      const code = await this.#number('waitForDigit', [waitMs], waitMs)
      if (code < 0) throw await this.#failureOf('waitForDigit')
      if (code === 0) return { kind: 'timeout' }
      return { kind: 'key', key: dtmfKeyOfCode(code, COMMANDS.waitForDigit.verb) }
    })
  }

  getData(
    file: string,
    timeoutMs: number,
    maxDigits: number,
  ): Promise<{ digits: string; timedOut: boolean }> {
    return guarded(async () => {
      // A timeout of 0 would mean Asterisk's own 6 s and 2 s.
      const waitMs = integer('getData', timeoutMs, [1, INT_MAX])
      const digitsMax = integer('getData', maxDigits, [1, GET_DATA_DIGITS_MAX])
      const reply = await this.#send('getData', [file, waitMs, digitsMax])
      if (reply.result === '-1') throw await this.#failureOf('getData')
      return { digits: reply.result, timedOut: reply.value === 'timeout' }
    })
  }

  sayDigits(digits: string, escapeDigits = ''): Promise<SayResult> {
    return guarded(async () => {
      const { verb } = COMMANDS.sayDigits
      if (!/^\d+$/.test(digits)) throw new AgiArgumentError('Only digits can be said', { command: verb })
      const code = await this.#number('sayDigits', [digits, keySet('sayDigits', escapeDigits)])
      if (code < 0) return this.#failed('sayDigits')
      return code === 0 ? { kind: 'finished' } : { kind: 'key', key: dtmfKeyOfCode(code, verb) }
    })
  }

  setVariable(name: string, value: string): Promise<void> {
    return guarded(async () => {
      await this.#send('setVariable', [checkName('setVariable', name), value])
    })
  }

  setVariables(variables: Readonly<Record<string, string>>): Promise<void> {
    return guarded(async () => {
      const plan = planVariables(variables, this.#lineBytesMax)
      for (const pairs of plan.multiple) {
        const result = await this.#number('exec', ['MSet', pairs])
        if (result !== 0) throw failed('exec')
      }
      // One after another, not all at once: there may be more of them than the queue holds.
      for (const [name, value] of plan.single) await this.setVariable(name, value)
    })
  }

  getVariable(name: string): Promise<string | null> {
    return guarded(async () => {
      const command = COMMANDS.getVariable.verb
      const reply = await this.#send('getVariable', [checkName('getVariable', name)], { valueEnd: ')' })
      if (reply.result === '0') return null
      if (reply.value === null) throw new AgiProtocolError('The reply holds no value', { command })
      return reply.value
    })
  }

  getFullVariable(expression: string): Promise<string | null> {
    return guarded(async () => {
      const mark = this.#valueMark
      const reply = await this.#send('getFullVariable', [expression + mark], { valueEnd: `${mark})` })
      if (reply.result === '0') return null
      if (reply.value?.endsWith(mark) === true) return reply.value.slice(0, -mark.length)
      throw new AgiProtocolError('The reply holds no value', { command: COMMANDS.getFullVariable.verb })
    })
  }

  setMusic(on: boolean, musicClass?: string): Promise<void> {
    return guarded(async () => {
      const classes = on && musicClass !== undefined ? [musicClass] : []
      await this.#send(on ? 'setMusicOn' : 'setMusicOff', classes)
    })
  }

  verbose(message: string, level = 0): Promise<void> {
    return guarded(async () => {
      await this.#send('verbose', [message, integer('verbose', level, [0, 10])])
    })
  }

  noop(): Promise<void> {
    return guarded(async () => {
      await this.#send('noop', [])
    })
  }

  exec(application: string, argument?: string): Promise<number> {
    return guarded(() => {
      const name = checkName('exec', application)
      return this.#number('exec', argument === undefined ? [name] : [name, argument])
    })
  }

  hangup(): Promise<void> {
    return guarded(async () => {
      this.#hangupAsked = true
      try {
        await this.#send('hangup', [])
      } catch (error) {
        const isGone = error instanceof AgiHangupError || error instanceof AgiDeadChannelError
        if (!isGone) throw error
      }
    })
  }

  async #playback(name: CommandName, args: readonly Argument[]): Promise<PlaybackResult> {
    const { verb } = COMMANDS[name]
    const reply = await this.#send(name, args)
    const code = integerResult(reply, verb)
    if (code < 0) return this.#failed(name)
    const endpos = reply.endpos ?? 0
    return code === 0 ? { kind: 'finished', endpos } : { kind: 'key', key: dtmfKeyOfCode(code, verb), endpos }
  }

  /** A -1 may be a hangup or a failure: asks which. @throws AgiHangupError when it was a hangup. */
  async #failed(name: CommandName): Promise<{ kind: 'failed' }> {
    try {
      await this.#send('channelStatus', [])
      return { kind: 'failed' }
    } catch (error) {
      throw error instanceof AgiHangupError ? hangup(name) : error
    }
  }

  async #failureOf(name: CommandName): Promise<AgiCommandFailedError> {
    await this.#failed(name)
    return failed(name)
  }

  async #number(name: CommandName, args: readonly Argument[], waitMs = 0): Promise<number> {
    return integerResult(await this.#send(name, args, { waitMs }), COMMANDS[name].verb)
  }

  async #send(
    name: CommandName,
    args: readonly Argument[],
    { waitMs = 0, valueEnd = null }: { waitMs?: number; valueEnd?: string | null } = {},
  ): Promise<AgiReply> {
    const { verb, allowedWhenDead, prompt } = COMMANDS[name]
    const line = encodeCommand({ verb, arguments: args, lineBytesMax: this.#lineBytesMax })
    const replyTimeoutMs = prompt ? Math.min(this.#replyTimeoutMs + waitMs, INT_MAX) : null
    return await this.#exchange.submit({ verb, line, allowedWhenDead, replyTimeoutMs, valueEnd })
  }
}

/**
 * A command started beside other work (`const playing = call.streamFile(…)`) may reject before anybody awaits
 * it. Node would end the process, with every other call in it, because one caller hung up.
 */
function guarded<T>(work: () => Promise<T>): Promise<T> {
  const promise = (async () => await work())()
  promise.catch(() => undefined)
  return promise
}

function integerResult(reply: AgiReply, command: string): number {
  if (!/^-?\d{1,10}$/.test(reply.result)) {
    throw new AgiProtocolError('The result is no number', { command })
  }
  return Number(reply.result)
}

function hangup(name: CommandName): AgiHangupError {
  return new AgiHangupError('The caller hung up', { command: COMMANDS[name].verb })
}

function failed(name: CommandName): AgiCommandFailedError {
  return new AgiCommandFailedError('Asterisk could not do it', { command: COMMANDS[name].verb })
}

function keySet(name: CommandName, escapeDigits: string): string {
  return checkKeySet(escapeDigits, COMMANDS[name].verb)
}

function checkFile(file: string): string {
  if (file === '') throw new AgiArgumentError('There is no file to play')
  return file
}

function checkName(name: CommandName, text: string): string {
  if (text === '') throw new AgiArgumentError('A name is empty', { command: COMMANDS[name].verb })
  return text
}

function integer(name: CommandName, value: number, [min, max]: [number, number]): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value
  throw new AgiArgumentError(`A number is not within ${min} to ${max}`, { command: COMMANDS[name].verb })
}
