import { connect, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { LineReader } from '../line-reader.ts'
import { parseCommand } from './command-table.ts'
import { type FakeCaller, FakeChannel } from './fake-channel.ts'
import { type CommandContext, FAKE_COMMANDS, type FakeApplication } from './fake-commands.ts'
import { environmentText } from './fake-environment.ts'
import { type ChannelFacts, FakeVariables } from './fake-variables.ts'

/** AGI_BUF_LEN of Asterisk 22.6 and later, less its terminator. */
const LINE_BYTES_MAX = 8_191

/** Asterisk's unpleasant sides, to be tried on purpose. */
export interface FakeQuirks {
  /** Sends in pieces of so many bytes (true: 1), each in a turn of its own. */
  splitBytes?: boolean | number
  /** Drops keys pressed while no command reads them, as Asterisk does. Default: they are kept. */
  dropKeysBetweenCommands?: boolean
  /** AGISIGHUP=no: no HANGUP line, neither at the hangup nor at the end. */
  silentHangup?: boolean
  /** AGIEXITONHANGUP=yes: closes right after a hangup. */
  exitOnHangup?: boolean
}

/** Options of {@link fakeCall}. */
export interface FakeCallOptions {
  /** Default '127.0.0.1'. */
  host?: string
  port: number
  /** Script of the address, without leading slash, as 'helpdesk?x=1'; default ''. */
  script?: string
  arguments?: readonly string[]
  /** Default '2001'. */
  callerId?: string
  /** Default '7000'. */
  extension?: string
  /** Default: one of its own for each call of this process. */
  uniqueId?: string
  /** Default: `uniqueId`. */
  linkedId?: string
  /** Default 'pt_BR'. */
  language?: string
  /** Default '22.10.1'. */
  version?: string
  /** Lines of the environment to replace or add, by their full name ('agi_callerid'). */
  environment?: Readonly<Record<string, string>>
  /** Channel variables that are set from the start. */
  variables?: Readonly<Record<string, string>>
  /** Default: somebody who hears everything at once and never presses a key. */
  caller?: FakeCaller
  /**
   * How much faster than real time waits run; default 1. With Infinity they end in the next turn of the event
   * loop, so that only answers `asked` gives without waiting for anything come in time.
   */
  speed?: number
  /** Files that can't be played (result -1). */
  missingFiles?: (file: string) => boolean
  /** Dialplan applications for EXEC beside MSet, Set, NoOp, Verbose, Playback and Wait. */
  applications?: Readonly<Record<string, FakeApplication>>
  quirks?: FakeQuirks
}

/** What a call came to. FAILURE: no connection, a `failure` line, or a command that failed on a live channel. */
export interface FakeCallEnd {
  agiStatus: 'SUCCESS' | 'FAILURE' | 'HANGUP'
  variables: Record<string, string>
}

/** A call in progress, from the caller's and the dialplan's side. */
export interface FakeCall {
  /** Presses keys, at any moment; stops a playback that waits for one of them. */
  press(keys: string): void
  /** Hangs up, at any moment. */
  hangup(): void
  readonly variables: ReadonlyMap<string, string>
  /** Files played, in order; `digits/7` for a digit of SAY DIGITS. */
  readonly played: readonly string[]
  /** Lines received from the server, in order. */
  readonly commands: readonly string[]
  /** Settles when the AGI is over; rejects only with what a {@link FakeCaller} threw or a line too long to run. */
  readonly ended: Promise<FakeCallEnd>
}

let callsMade = 0

/** Calls a FastAGI server as Asterisk 22 does, and answers its commands on a channel that isn't there. */
export function fakeCall(options: FakeCallOptions): FakeCall {
  callsMade += 1
  const uniqueId = options.uniqueId ?? `${Math.floor(Date.now() / 1_000)}.${callsMade}`
  const callerId = options.callerId ?? '2001'
  return new FakeAsteriskCall(options, {
    channel: `PJSIP/${callerId}-${callsMade.toString(16).padStart(8, '0')}`,
    uniqueId,
    linkedId: options.linkedId ?? uniqueId,
    language: options.language ?? 'pt_BR',
    callerId,
    callerIdName: callerId,
  })
}

class FakeAsteriskCall implements FakeCall {
  readonly commands: string[] = []
  readonly ended: Promise<FakeCallEnd>
  readonly #quirks: FakeQuirks
  readonly #channel: FakeChannel
  readonly #variables: FakeVariables
  readonly #context: CommandContext
  readonly #socket: Socket
  readonly #received: string[] = []
  #serverClosed = false
  #isDead = false
  #agiStatus: FakeCallEnd['agiStatus'] = 'SUCCESS'

  constructor(options: FakeCallOptions, facts: ChannelFacts) {
    this.#quirks = options.quirks ?? {}
    this.#variables = new FakeVariables(options.variables ?? {}, facts)
    this.#channel = new FakeChannel({
      caller: options.caller ?? {},
      speed: options.speed ?? 1,
      dropKeysBetweenCommands: this.#quirks.dropKeysBetweenCommands ?? false,
      inputWaiting: () => this.#serverClosed || this.#received.length > 0,
    })
    this.#context = {
      channel: this.#channel,
      variables: this.#variables,
      missingFiles: options.missingFiles ?? (() => false),
      applications: options.applications ?? {},
    }
    const host = options.host ?? '127.0.0.1'
    this.#socket = connect({ host, port: options.port, noDelay: true, allowHalfOpen: true })
    const { script = '', extension = '7000', version = '22.10.1', environment = {} } = options
    const address = { host, port: options.port, script, arguments: options.arguments ?? [] }
    const text = environmentText({ ...facts, ...address, extension, version, overrides: environment })
    this.ended = this.#live(text)
  }

  get variables(): ReadonlyMap<string, string> {
    return this.#variables.values
  }

  get played(): readonly string[] {
    return this.#channel.played
  }

  press(keys: string): void {
    this.#channel.press(keys)
  }

  hangup(): void {
    this.#channel.hangup()
  }

  async #live(environment: string): Promise<FakeCallEnd> {
    if (await this.#connected()) {
      try {
        await this.#send(environment)
        await this.#converse()
        if (this.#quirks.silentHangup !== true) await this.#send('HANGUP\n')
        await this.#close()
      } finally {
        this.#socket.destroy()
      }
    } else {
      this.#agiStatus = 'FAILURE'
    }
    return { agiStatus: this.#agiStatus, variables: Object.fromEntries(this.#variables.values) }
  }

  #connected(): Promise<boolean> {
    const socket = this.#socket
    return new Promise((resolve) => {
      const lines = new LineReader(LINE_BYTES_MAX - 1, {
        receiveLine: (line) => void this.#received.push(line),
      })
      socket.on('data', (chunk) => {
        try {
          lines.push(chunk)
          this.#channel.notify()
        } catch (error) {
          socket.destroy(error instanceof Error ? error : undefined)
        }
      })
      const gone = (): void => {
        this.#serverClosed = true
        this.#channel.notify()
        resolve(false)
      }
      socket.on('end', gone)
      socket.on('error', gone)
      socket.on('close', gone)
      socket.once('connect', () => resolve(true))
    })
  }

  /** As run_agi of res/res_agi.c: a hangup is told between commands, and first. */
  async #converse(): Promise<void> {
    for (;;) {
      if (this.#channel.hungUp && !this.#isDead) {
        this.#isDead = true
        if (this.#agiStatus === 'SUCCESS') this.#agiStatus = 'HANGUP'
        if (this.#quirks.silentHangup !== true) await this.#send('HANGUP\n')
        if (this.#quirks.exitOnHangup === true) return
      }
      const line = this.#received.shift()
      if (line !== undefined) {
        this.commands.push(line)
        if (line.toLowerCase().startsWith('failure')) {
          this.#agiStatus = 'FAILURE'
          return
        }
        await this.#execute(line)
      } else if (this.#serverClosed) {
        return
      } else {
        await this.#change()
      }
    }
  }

  async #execute(line: string): Promise<void> {
    const parsed = parseCommand(line)
    const run = parsed === null ? undefined : FAKE_COMMANDS[parsed.verb]
    if (parsed === null || run === undefined) {
      await this.#send('510 Invalid or unknown command\n')
      return
    }
    if (this.#isDead && !parsed.allowedWhenDead) {
      await this.#send('511 Command Not Permitted on a dead channel or intercept routine\n')
      return
    }
    const outcome = await run(this.#context, parsed.arguments)
    this.#channel.commandEnded()
    if (outcome.isFailure === true && (this.#isDead || !this.#channel.hungUp)) this.#agiStatus = 'FAILURE'
    if (outcome.reply !== null) await this.#send(outcome.reply)
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const unwatch = this.#channel.watch(() => {
        unwatch()
        resolve()
      })
    })
  }

  async #send(text: string): Promise<void> {
    const { splitBytes = false } = this.#quirks
    if (splitBytes === false) {
      if (this.#socket.writable) this.#socket.write(text)
      return
    }
    const bytes = Buffer.from(text)
    const size = splitBytes === true ? 1 : splitBytes
    for (let at = 0; at < bytes.length && this.#socket.writable; at += size) {
      this.#socket.write(bytes.subarray(at, at + size))
      await nextTurn()
    }
  }

  async #close(): Promise<void> {
    const fault = this.#socket.errored
    if (fault !== null && fault.name === 'AgiProtocolError') throw fault
    if (this.#socket.destroyed) return
    await new Promise<void>((resolve) => {
      this.#socket.once('close', () => resolve())
      this.#socket.end()
      if (this.#socket.destroyed) resolve()
    })
  }
}
