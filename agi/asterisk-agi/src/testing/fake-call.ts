import { FakeAsteriskCall } from './fake-asterisk-call.ts'
import type { FakeCaller } from './fake-caller.ts'
import type { FakeApplication, FakeRoutine } from './fake-commands/command.ts'
import type { FakeRecording } from './fake-files.ts'
import type { FakeQuirks } from './fake-quirks.ts'
import type { FakeRecognizer } from './fake-speech.ts'

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
  /** Default 'from-internal'. */
  context?: string
  /** Default 1. */
  priority?: number
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
  /**
   * Files that can't be played (result -1). Numbers, dates and times are asked for, and played, as one file whatever
   * the language: `number/42`, `date/0`, `time/0`, `datetime/0`.
   */
  missingFiles?: (file: string) => boolean
  /** Files that RECORD FILE can't write (`writefile`); formats that Asterisk doesn't have can't be written either. */
  unwritableFiles?: (file: string) => boolean
  /** Asterisk's database, by `family/key`; may be shared between calls, seeded before and read after. Default: empty. */
  database?: Map<string, string>
  /** Dialplan applications for EXEC beside MSet, Set, NoOp, Verbose, Playback and Wait. */
  applications?: Readonly<Record<string, FakeApplication>>
  /** Dialplan routines for GOSUB, by `context,extension,priority`; default: none, so that no label is found. */
  routines?: Readonly<Record<string, FakeRoutine>>
  /** The speech engine; default: none, so that SPEECH CREATE gives 0. */
  recognizer?: FakeRecognizer
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
  /** Sends a text for RECEIVE TEXT or RECEIVE CHAR. */
  sendText(text: string): void
  /** Hangs up, at any moment. */
  hangup(): void
  /** Breaks the connection at once, as an Asterisk that is killed. */
  cut(): void
  /** What the test, the server, an application or a routine set; not what Asterisk sets itself, as PLAYBACKSTATUS. */
  readonly variables: ReadonlyMap<string, string>
  /** Files played, in order; `digits/7` for a digit of SAY DIGITS. */
  readonly played: readonly string[]
  /** Files that RECORD FILE wrote. */
  readonly recordings: ReadonlyMap<string, FakeRecording>
  /** Texts that SEND TEXT sent to the caller. */
  readonly texts: readonly string[]
  /** Lines received from the server, in order. */
  readonly commands: readonly string[]
  /** Whether the server said `failure`. */
  readonly refused: boolean
  /** The code of what broke the connection or kept it from coming about ('ECONNREFUSED'), or null. */
  readonly connectionError: string | null
  /**
   * Settles when the AGI is over; rejects only with what a {@link FakeCaller}, an application or a routine threw, or
   * because of a line that Asterisk can't run as one: over 8,190 bytes, or with more than 127 quoted arguments.
   */
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
    context: options.context ?? 'from-internal',
    extension: options.extension ?? '7000',
    priority: options.priority ?? 1,
  })
}
