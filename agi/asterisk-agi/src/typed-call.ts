import { randomBytes } from 'node:crypto'
import type { AgiCall } from './call.ts'
import type { CommandExchange } from './command-exchange.ts'
import * as channel from './commands/channel.ts'
import type { AgiCommand } from './commands/command.ts'
import * as database from './commands/database.ts'
import * as dialplan from './commands/dialplan.ts'
import * as digits from './commands/digits.ts'
import * as messages from './commands/messages.ts'
import * as playback from './commands/playback.ts'
import * as recording from './commands/recording.ts'
import * as say from './commands/say.ts'
import * as speech from './commands/speech.ts'
import * as variables from './commands/variables.ts'
import type { AgiEnvironment } from './environment.ts'
import { AgiCommandFailedError, AgiDeadChannelError, AgiHangupError } from './errors.ts'
import { planVariables } from './variable-plan.ts'
import { planReading, readValues } from './variable-reading.ts'

/** Written behind expressions and read behind values: one a process, which no caller gets to see. */
const VALUE_MARK = `~${randomBytes(8).toString('hex')}`

const NOTHING: [] = []

type Arguments<Name extends keyof AgiCall> = AgiCall[Name] extends (...args: infer All) => unknown
  ? All
  : never
type Answer<Name extends keyof AgiCall> = AgiCall[Name] extends (...args: never[]) => infer Given
  ? Given
  : never

/** {@link AgiCall} over a {@link CommandExchange}: each command is described in `commands/`. */
export class TypedCall implements AgiCall {
  readonly environment: AgiEnvironment
  readonly #exchange: CommandExchange
  readonly #lineBytesMax: number
  #hangupAsked = false

  constructor(options: { environment: AgiEnvironment; exchange: CommandExchange; lineBytesMax: number }) {
    this.environment = options.environment
    this.#exchange = options.exchange
    this.#lineBytesMax = options.lineBytesMax
  }

  get signal(): AbortSignal {
    return this.#exchange.signal
  }

  /** Whether the handler itself hung up. */
  get hangupAsked(): boolean {
    return this.#hangupAsked
  }

  streamFile(...all: Arguments<'streamFile'>): Answer<'streamFile'> {
    return this.#send(playback.streamFile, all)
  }

  controlStreamFile(...all: Arguments<'controlStreamFile'>): Answer<'controlStreamFile'> {
    return this.#send(playback.controlStreamFile, all)
  }

  getOption(...all: Arguments<'getOption'>): Answer<'getOption'> {
    return this.#send(playback.getOption, all)
  }

  recordFile(...all: Arguments<'recordFile'>): Answer<'recordFile'> {
    return this.#send(recording.recordFile, all)
  }

  waitForDigit(...all: Arguments<'waitForDigit'>): Answer<'waitForDigit'> {
    return this.#send(digits.waitForDigit, all)
  }

  getData(...all: Arguments<'getData'>): Answer<'getData'> {
    return this.#send(digits.getData, all)
  }

  receiveChar(...all: Arguments<'receiveChar'>): Answer<'receiveChar'> {
    return this.#send(digits.receiveChar, all)
  }

  receiveText(...all: Arguments<'receiveText'>): Answer<'receiveText'> {
    return this.#send(digits.receiveText, all)
  }

  sayDigits(...all: Arguments<'sayDigits'>): Answer<'sayDigits'> {
    return this.#send(say.sayDigits, all)
  }

  sayNumber(...all: Arguments<'sayNumber'>): Answer<'sayNumber'> {
    return this.#send(say.sayNumber, all)
  }

  sayAlpha(...all: Arguments<'sayAlpha'>): Answer<'sayAlpha'> {
    return this.#send(say.sayAlpha, all)
  }

  sayPhonetic(...all: Arguments<'sayPhonetic'>): Answer<'sayPhonetic'> {
    return this.#send(say.sayPhonetic, all)
  }

  sayDate(...all: Arguments<'sayDate'>): Answer<'sayDate'> {
    return this.#send(say.sayDate, all)
  }

  sayTime(...all: Arguments<'sayTime'>): Answer<'sayTime'> {
    return this.#send(say.sayTime, all)
  }

  sayDateTime(...all: Arguments<'sayDateTime'>): Answer<'sayDateTime'> {
    return this.#send(say.sayDateTime, all)
  }

  setVariable(...all: Arguments<'setVariable'>): Answer<'setVariable'> {
    return this.#send(variables.setVariable, all)
  }

  getVariable(...all: Arguments<'getVariable'>): Answer<'getVariable'> {
    return this.#send(variables.getVariable, all)
  }

  exec(...all: Arguments<'exec'>): Answer<'exec'> {
    return this.#send(dialplan.exec, all)
  }

  gosub(...all: Arguments<'gosub'>): Answer<'gosub'> {
    return this.#send(dialplan.gosub, all)
  }

  setContext(...all: Arguments<'setContext'>): Answer<'setContext'> {
    return this.#send(dialplan.setContext, all)
  }

  setExtension(...all: Arguments<'setExtension'>): Answer<'setExtension'> {
    return this.#send(dialplan.setExtension, all)
  }

  setPriority(...all: Arguments<'setPriority'>): Answer<'setPriority'> {
    return this.#send(dialplan.setPriority, all)
  }

  answer(): Answer<'answer'> {
    return this.#send(channel.answer, NOTHING)
  }

  hangupChannel(...all: Arguments<'hangupChannel'>): Answer<'hangupChannel'> {
    return this.#send(channel.hangupChannel, all)
  }

  channelStatus(): Answer<'channelStatus'> {
    return this.#send(channel.channelStatus, NOTHING)
  }

  channelStatusOf(...all: Arguments<'channelStatusOf'>): Answer<'channelStatusOf'> {
    return this.#send(channel.channelStatusOf, all)
  }

  setAutoHangup(...all: Arguments<'setAutoHangup'>): Answer<'setAutoHangup'> {
    return this.#send(channel.setAutoHangup, all)
  }

  setCallerId(...all: Arguments<'setCallerId'>): Answer<'setCallerId'> {
    return this.#send(channel.setCallerId, all)
  }

  setMusic(...all: Arguments<'setMusic'>): Answer<'setMusic'> {
    return this.#send(channel.setMusic, all)
  }

  asyncAgiBreak(): Answer<'asyncAgiBreak'> {
    return this.#send(channel.asyncAgiBreak, NOTHING)
  }

  sendText(...all: Arguments<'sendText'>): Answer<'sendText'> {
    return this.#send(messages.sendText, all)
  }

  sendImage(...all: Arguments<'sendImage'>): Answer<'sendImage'> {
    return this.#send(messages.sendImage, all)
  }

  tddMode(...all: Arguments<'tddMode'>): Answer<'tddMode'> {
    return this.#send(messages.tddMode, all)
  }

  verbose(...all: Arguments<'verbose'>): Answer<'verbose'> {
    return this.#send(messages.verbose, all)
  }

  noop(): Answer<'noop'> {
    return this.#send(messages.noop, NOTHING)
  }

  databaseGet(...all: Arguments<'databaseGet'>): Answer<'databaseGet'> {
    return this.#send(database.databaseGet, all)
  }

  databasePut(...all: Arguments<'databasePut'>): Answer<'databasePut'> {
    return this.#send(database.databasePut, all)
  }

  databaseDelete(...all: Arguments<'databaseDelete'>): Answer<'databaseDelete'> {
    return this.#send(database.databaseDelete, all)
  }

  databaseDeleteTree(...all: Arguments<'databaseDeleteTree'>): Answer<'databaseDeleteTree'> {
    return this.#send(database.databaseDeleteTree, all)
  }

  speechCreate(...all: Arguments<'speechCreate'>): Answer<'speechCreate'> {
    return this.#send(speech.speechCreate, all)
  }

  speechSet(...all: Arguments<'speechSet'>): Answer<'speechSet'> {
    return this.#send(speech.speechSet, all)
  }

  speechDestroy(): Answer<'speechDestroy'> {
    return this.#send(speech.speechDestroy, NOTHING)
  }

  speechLoadGrammar(...all: Arguments<'speechLoadGrammar'>): Answer<'speechLoadGrammar'> {
    return this.#send(speech.speechLoadGrammar, all)
  }

  speechUnloadGrammar(...all: Arguments<'speechUnloadGrammar'>): Answer<'speechUnloadGrammar'> {
    return this.#send(speech.speechUnloadGrammar, all)
  }

  speechActivateGrammar(...all: Arguments<'speechActivateGrammar'>): Answer<'speechActivateGrammar'> {
    return this.#send(speech.speechActivateGrammar, all)
  }

  speechDeactivateGrammar(...all: Arguments<'speechDeactivateGrammar'>): Answer<'speechDeactivateGrammar'> {
    return this.#send(speech.speechDeactivateGrammar, all)
  }

  speechRecognize(...all: Arguments<'speechRecognize'>): Answer<'speechRecognize'> {
    return this.#send(speech.speechRecognize, all)
  }

  hangup(): Promise<void> {
    this.#hangupAsked = true
    return this.#guard(async () => {
      try {
        await this.#send(channel.hangup, NOTHING)
      } catch (error) {
        const isGone = error instanceof AgiHangupError || error instanceof AgiDeadChannelError
        if (!isGone) throw error
      }
    })
  }

  getFullVariable(expression: string, channelName?: string): Promise<string | null> {
    return this.#send(variables.getFullVariable, [expression, VALUE_MARK, channelName])
  }

  getVariables<Name extends string>(names: readonly Name[]): Promise<Record<Name, string>> {
    return this.#guard(async () => {
      const values = new Map<Name, string>()
      for (const { expression, names: group } of planReading(names, this.#lineBytesMax)) {
        const list = await this.getFullVariable(expression)
        for (const [name, value] of readValues(group, list ?? '')) {
          values.set(name, value ?? (await this.getFullVariable(`\${${name}}`)) ?? '')
        }
      }
      return Object.fromEntries(values) as Record<Name, string>
    })
  }

  setVariables(pairs: Readonly<Record<string, string>>): Promise<void> {
    return this.#guard(async () => {
      const plan = planVariables(pairs, this.#lineBytesMax)
      for (const list of plan.multiple) {
        const result = await this.exec('MSet', list)
        if (result !== 0) throw new AgiCommandFailedError('MSet failed', { command: 'EXEC' })
      }
      // One after another, not all at once: there may be more of them than the queue holds.
      for (const [name, value] of plan.single) await this.setVariable(name, value)
    })
  }

  #send<Given extends readonly unknown[], Result>(
    describe: (...all: Given) => AgiCommand<Result>,
    all: Given,
  ): Promise<Result> {
    try {
      return this.#exchange.submit(describe(...all))
    } catch (error) {
      return this.#guard(() => Promise.reject(error))
    }
  }

  /** As the exchange does with each command: nobody may be awaiting it when it rejects. */
  #guard<Result>(work: () => Promise<Result>): Promise<Result> {
    const answer = work()
    answer.catch(ignore)
    return answer
  }
}

function ignore(): void {}
