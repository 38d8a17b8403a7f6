import { parseCommand } from './command-table.ts'
import type { FakeCall, FakeCallEnd, FakeCallOptions } from './fake-call.ts'
import { FakeChannel } from './fake-channel.ts'
import type { CommandContext } from './fake-commands/command.ts'
import { FAKE_COMMANDS } from './fake-commands/table.ts'
import { FakeConnection } from './fake-connection.ts'
import { environmentText } from './fake-environment.ts'
import { FakeFiles, type FakeRecording } from './fake-files.ts'
import { type FakeQuirks, isChosen } from './fake-quirks.ts'
import { type ChannelFacts, FakeVariables } from './fake-variables.ts'

/** One call of the fake Asterisk: `run_agi` of res/res_agi.c, Asterisk 22. */
export class FakeAsteriskCall implements FakeCall {
  readonly commands: string[] = []
  readonly ended: Promise<FakeCallEnd>
  refused = false
  readonly #quirks: FakeQuirks
  readonly #channel: FakeChannel
  readonly #context: CommandContext
  readonly #connection: FakeConnection
  #hangupIsDue: boolean
  #agiStatus: FakeCallEnd['agiStatus'] = 'SUCCESS'

  constructor(options: FakeCallOptions, facts: ChannelFacts) {
    this.#quirks = options.quirks ?? {}
    this.#hangupIsDue = this.#quirks.hangupAt !== undefined
    this.#channel = new FakeChannel({
      caller: options.caller ?? {},
      speed: options.speed ?? 1,
      dropKeysBetweenCommands: this.#quirks.dropKeysBetweenCommands ?? false,
      inputWaiting: () => this.#connection.serverClosed || this.#connection.received.length > 0,
    })
    const address = { host: options.host ?? '127.0.0.1', port: options.port }
    this.#connection = new FakeConnection(address, this.#quirks, () => this.#channel.notify())
    this.#context = this.#contextOf(options, facts)
    this.ended = this.#live(
      environmentText({
        ...facts,
        ...address,
        script: options.script ?? '',
        arguments: options.arguments ?? [],
        version: options.version ?? '22.10.1',
        overrides: options.environment ?? {},
      }),
    )
  }

  get variables(): ReadonlyMap<string, string> {
    return this.#context.variables.values
  }

  get played(): readonly string[] {
    return this.#channel.played
  }

  get recordings(): ReadonlyMap<string, FakeRecording> {
    return this.#context.files.recordings
  }

  get texts(): readonly string[] {
    return this.#context.texts
  }

  get connectionError(): string | null {
    return this.#connection.errorCode
  }

  press(keys: string): void {
    this.#channel.press(keys)
  }

  sendText(text: string): void {
    this.#channel.sendText(text)
  }

  hangup(): void {
    this.#channel.hangup()
  }

  cut(): void {
    this.#connection.cut()
    this.#channel.hangup()
  }

  #contextOf(options: FakeCallOptions, facts: ChannelFacts): CommandContext {
    return {
      facts,
      channel: this.#channel,
      variables: new FakeVariables(options.variables ?? {}, facts, () => this.#channel.state),
      files: new FakeFiles({
        missing: options.missingFiles ?? (() => false),
        unwritable: options.unwritableFiles ?? (() => false),
      }),
      database: options.database ?? new Map<string, string>(),
      applications: options.applications ?? {},
      routines: options.routines ?? {},
      recognizer: options.recognizer ?? null,
      speech: null,
      texts: [],
      send: (text) => this.#connection.send(text),
    }
  }

  async #live(environment: string): Promise<FakeCallEnd> {
    try {
      if (await this.#connection.connected()) await this.#run(environment)
      else this.#agiStatus = 'FAILURE'
      if (this.#connection.fault !== null) throw this.#connection.fault
    } finally {
      this.#connection.cut()
      this.#channel.close()
    }
    return { agiStatus: this.#agiStatus, variables: Object.fromEntries(this.variables) }
  }

  async #run(environment: string): Promise<void> {
    const { probe = false, silentHangup = false, flood } = this.#quirks
    if (probe) {
      this.#agiStatus = 'FAILURE'
    } else {
      await this.#connection.send(environment)
      for (let sent = 0; sent < (flood?.times ?? 0) && !this.#connection.serverClosed; sent += 1) {
        await this.#connection.send(`${flood?.line ?? ''}\n`)
      }
      await this.#converse()
      if (!silentHangup) await this.#connection.send('HANGUP\n')
    }
    await this.#connection.close()
  }

  /** As run_agi of res/res_agi.c: a hangup is told between commands, and first. */
  async #converse(): Promise<void> {
    if (this.#quirks.deadFromStart === true) {
      this.#channel.wasOver = true
      this.#channel.isDead = true
      this.#channel.hangup()
    }
    const { received } = this.#connection
    for (;;) {
      const [next] = received
      if (next !== undefined && this.#isHangupAt('before', this.commands.length + 1, next)) this.hangup()
      if (this.#channel.hungUp && !this.#channel.isDead) {
        this.#channel.isDead = true
        if (this.#agiStatus === 'SUCCESS') this.#agiStatus = 'HANGUP'
        if (this.#quirks.silentHangup !== true) await this.#connection.send('HANGUP\n')
        if (this.#quirks.exitOnHangup === true) return
      }
      const line = received.shift()
      if (line !== undefined) {
        this.commands.push(line)
        if (line.toLowerCase().startsWith('failure')) {
          this.refused = true
          this.#agiStatus = 'FAILURE'
          return
        }
        await this.#take(line)
      } else if (this.#connection.serverClosed) {
        return
      } else {
        await this.#change()
      }
    }
  }

  async #take(line: string): Promise<void> {
    const number = this.commands.length
    const { stallAt } = this.#quirks
    if (stallAt !== undefined && isChosen(stallAt, number, line)) {
      while (!this.#connection.serverClosed) await this.#change()
      this.#connection.received.length = 0
      return
    }
    const during = this.#isHangupAt('during', number, line)
    if (during) this.#channel.hangUpInNextWait()
    await this.#execute(line)
    if (during || this.#isHangupAt('after', number, line)) this.hangup()
  }

  #isHangupAt(when: 'before' | 'during' | 'after', number: number, line: string): boolean {
    const { hangupAt } = this.#quirks
    if (!this.#hangupIsDue || hangupAt?.when !== when || !isChosen(hangupAt.command, number, line))
      return false
    this.#hangupIsDue = false
    return true
  }

  async #execute(line: string): Promise<void> {
    const parsed = parseCommand(line)
    const run = parsed === null ? undefined : FAKE_COMMANDS[parsed.verb]
    if (parsed === null || run === undefined) {
      await this.#connection.send('510 Invalid or unknown command\n')
      return
    }
    const { isDead } = this.#channel
    if (isDead && !parsed.allowedWhenDead) {
      await this.#connection.send('511 Command Not Permitted on a dead channel or intercept routine\n')
      return
    }
    const outcome = await run(this.#context, parsed.arguments)
    this.#channel.commandEnded()
    if (outcome.isFailure === true && (isDead || !this.#channel.hungUp)) this.#agiStatus = 'FAILURE'
    if (outcome.reply !== null) await this.#connection.send(outcome.reply)
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const unwatch = this.#channel.watch(() => {
        unwatch()
        resolve()
      })
    })
  }
}
