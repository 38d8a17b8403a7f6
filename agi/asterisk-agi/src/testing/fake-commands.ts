import { DTMF_KEYS } from '../dtmf.ts'
import type { Ending, FakeChannel } from './fake-channel.ts'
import type { FakeVariables } from './fake-variables.ts'

const ALL_KEYS = DTMF_KEYS.join('')

/** The fake's files have no samples: a whole one counts two seconds, a stopped one one. */
const ENDPOS = { whole: 16_000, stopped: 8_000 }

/** Times of GET DATA without one (main/app.c, ast_app_getdata_full). */
const GET_DATA_DEFAULT_MS = { first: 6_000, next: 2_000 }

/** Asterisk's usage texts come from its documentation; the form is what matters. */
const USAGE = [
  '520-Invalid command syntax.  Proper usage follows:',
  'Usage: see "agi show commands topic" on the console of Asterisk.',
  '520 End of proper usage.',
  '',
].join('\n')

/** What a command came to. */
export interface CommandOutcome {
  /** What is sent, or null: the server's next line stopped the command, which then answers nothing. */
  reply: string | null
  /** RESULT_FAILURE: on a live channel the AGI then ends with AGISTATUS=FAILURE. */
  isFailure?: boolean
}

/** A dialplan application: gets its argument, gives its result. */
export type FakeApplication = (argument: string) => number | Promise<number>

/** What the commands work on. */
export interface CommandContext {
  channel: FakeChannel
  variables: FakeVariables
  missingFiles: (file: string) => boolean
  applications: Readonly<Record<string, FakeApplication>>
}

type Command = (context: CommandContext, args: string[]) => CommandOutcome | Promise<CommandOutcome>

/** The commands that the fake can run; Asterisk's others are answered as unknown. */
export const FAKE_COMMANDS: Readonly<Record<string, Command>> = {
  ANSWER: ({ channel }) => {
    channel.state = 6
    return result(0)
  },
  'CHANNEL STATUS': ({ channel }, args) => result(args.length === 0 ? channel.state : -1),
  EXEC: exec,
  'GET DATA': getData,
  'GET FULL VARIABLE': ({ variables }, [expression]) =>
    expression === undefined ? usage() : value(variables.expand(expression)),
  'GET OPTION': getOption,
  'GET VARIABLE': ({ variables }, [name]) => {
    if (name === undefined) return usage()
    const found = variables.get(name)
    return found === null ? result(0) : value(Buffer.from(found).subarray(0, 1_023).toString())
  },
  HANGUP: ({ channel }, args) => {
    if (args.length > 0) return result(-1)
    channel.hangup()
    return result(1)
  },
  NOOP: () => result(0),
  'SAY DIGITS': sayDigits,
  'SET MUSIC': (_context, args) => (args.length === 0 ? usage() : result(0)),
  'SET VARIABLE': ({ variables }, [name, text, ...rest]) => {
    if (name === undefined || text === undefined || rest.length > 0) return usage()
    variables.set(name, text)
    return result(1)
  },
  'STREAM FILE': streamFile,
  VERBOSE: (_context, args) => (args.length === 0 ? usage() : result(1)),
  'WAIT FOR DIGIT': async ({ channel }, [timeout]) => {
    const timeoutMs = Number.parseInt(timeout ?? '', 10)
    if (Number.isNaN(timeoutMs)) return usage()
    return keyed(await channel.waitForKey(timeoutMs))
  },
}

async function streamFile(context: CommandContext, args: string[]): Promise<CommandOutcome> {
  const [file, keys] = args
  if (file === undefined || keys === undefined || args.length > 3) return usage()
  if (context.missingFiles(file)) return failure('200 result=-1 endpos=0\n')
  return played(await context.channel.play(file, keys))
}

async function getOption(context: CommandContext, args: string[]): Promise<CommandOutcome> {
  const [file, keys, timeout = '5000'] = args
  if (file === undefined || keys === undefined || args.length > 3) return usage()
  if (context.missingFiles(file)) return failure('200 result=-1 endpos=0\n')
  const playing = await context.channel.play(file, keys)
  if (playing.kind !== 'done') return played(playing)
  const waiting = await context.channel.waitForKey(Number.parseInt(timeout, 10) || 0)
  if (waiting.kind === 'input') return { reply: null }
  // A key outside the set and a hangup both end the wait as 0 (res/res_agi.c, handle_getoption).
  const isKey = waiting.kind === 'key' && keys.includes(waiting.key)
  return result(isKey ? waiting.key.charCodeAt(0) : 0, ` endpos=${ENDPOS.whole}`)
}

async function getData(context: CommandContext, args: string[]): Promise<CommandOutcome> {
  const [file, timeout = '0', max = '1024'] = args
  if (file === undefined) return usage()
  if (file !== '' && context.missingFiles(file)) return result(-1)
  const timeoutMs = Number.parseInt(timeout, 10) || 0
  let digits = ''
  let ending: Ending = file === '' ? { kind: 'done' } : await context.channel.play(file, ALL_KEYS)
  if (ending.kind === 'done') {
    ending = await context.channel.waitForKey(timeoutMs === 0 ? GET_DATA_DEFAULT_MS.first : timeoutMs)
  }
  for (;;) {
    if (ending.kind === 'input') return { reply: null }
    if (ending.kind === 'hangup') return result(-1)
    if (ending.kind === 'done') return { reply: `200 result=${digits} (timeout)\n` }
    if (ending.key !== '#') digits += ending.key
    if (ending.key === '#' || digits.length >= Number(max)) return { reply: `200 result=${digits}\n` }
    ending = await context.channel.waitForKey(timeoutMs === 0 ? GET_DATA_DEFAULT_MS.next : timeoutMs)
  }
}

async function sayDigits(context: CommandContext, args: string[]): Promise<CommandOutcome> {
  const [digits, keys] = args
  if (digits === undefined || keys === undefined || args.length > 2 || !/^-?\d/.test(digits)) return usage()
  for (const digit of digits) {
    const file = `digits/${digit}`
    if (context.missingFiles(file)) continue
    const ending = await context.channel.play(file, keys)
    if (ending.kind !== 'done') return keyed(ending)
  }
  return result(0)
}

async function exec(context: CommandContext, [name, argument = '']: string[]): Promise<CommandOutcome> {
  if (name === undefined) return usage()
  const application = context.applications[name] ?? builtIn(context, name)
  const code = application === null ? -2 : await application(argument)
  // An application's 1 is RESULT_SHOWUSAGE to Asterisk, its 2 is RESULT_FAILURE (agi_handle_command).
  const reply = `200 result=${code}\n${code === 1 ? USAGE : ''}`
  return { reply, isFailure: code === 2 }
}

function builtIn(context: CommandContext, name: string): FakeApplication | null {
  const { channel, variables } = context
  switch (name.toLowerCase()) {
    case 'mset':
      return (argument) => setPairs(variables, argument.split(','))
    case 'set':
      return (argument) => setPairs(variables, [argument])
    case 'noop':
    case 'verbose':
      return () => 0
    case 'playback':
      return async (argument) => {
        for (const file of argument.split(',')[0]?.split('&') ?? []) {
          if (!context.missingFiles(file)) await channel.play(file, '')
        }
        return channel.hungUp ? -1 : 0
      }
    case 'wait':
      return async (argument) => {
        await channel.pause(Number(argument) * 1_000)
        return channel.hungUp ? -1 : 0
      }
    default:
      return null
  }
}

function setPairs(variables: FakeVariables, pairs: string[]): number {
  for (const pair of pairs) {
    const mark = pair.indexOf('=')
    if (mark > 0) variables.set(pair.slice(0, mark), pair.slice(mark + 1))
  }
  return 0
}

function played(ending: Ending): CommandOutcome {
  const endpos = ` endpos=${ending.kind === 'done' ? ENDPOS.whole : ENDPOS.stopped}`
  return keyed(ending, endpos)
}

function keyed(ending: Ending, suffix = ''): CommandOutcome {
  switch (ending.kind) {
    case 'done':
      return result(0, suffix)
    case 'key':
      return result(ending.key.charCodeAt(0), suffix)
    case 'hangup':
      return failure(`200 result=-1${suffix}\n`)
    case 'input':
      return { reply: null }
    default:
      return ending satisfies never
  }
}

function result(code: number, suffix = ''): CommandOutcome {
  return { reply: `200 result=${code}${suffix}\n` }
}

function value(text: string): CommandOutcome {
  return { reply: `200 result=1 (${text})\n` }
}

function failure(reply: string): CommandOutcome {
  return { reply, isFailure: true }
}

function usage(): CommandOutcome {
  return { reply: USAGE }
}
