import type { AgiCall } from '../call.ts'
import { AgiError } from '../errors.ts'
import { parseCommand } from './command-table.ts'

/** What a reply is made of, beside its form. */
export interface ReplyParts {
  /** Found in the reply and in what the command gives: no two commands of a conversation have the same. */
  token: number
  /** Text of a value, which may have line breaks and parentheses of its own. */
  text: string
  /** The line that the command wrote, without its line feed. */
  line: string
}

/** What becomes of a command. */
export type Outcome = { result: unknown } | { code: string }

/** What a promise of a command comes to. @throws what is no AgiError. */
export function outcomeOf(answer: Promise<unknown>): Promise<Outcome> {
  return answer.then(
    (result) => ({ result }),
    (error: unknown) => {
      if (!(error instanceof AgiError)) throw error
      return { code: error.code }
    },
  )
}

/** One way in which Asterisk answers a command: for this library's own tests. */
export interface ReplyForm {
  verb: string
  issue: (call: AgiCall, token: number) => Promise<unknown>
  /** Without the last line feed. */
  reply: (parts: ReplyParts) => string
  outcome: (parts: Omit<ReplyParts, 'line'>) => Outcome
  /** The reply may also mean a hangup, so the library asks whether the channel is alive. */
  asks: boolean
  /** Asterisk has only 511 for it on a dead channel. */
  needsLife: boolean
  /** What it comes to when the caller is gone; default an error that says so. */
  whenGone?: Outcome
}

type Issue = ReplyForm['issue']
type Making<Made> = (parts: ReplyParts) => Made

const MOMENT = new Date('2026-11-22T10:00:00Z')
const USAGE =
  '520-Invalid command syntax.  Proper usage follows:\nUsage: EXEC (x)\n\n520 End of proper usage.'
const SHORT_USAGE = '520 Invalid command syntax.  Proper usage not available.'
const VALUE = ({ token, text }: Omit<ReplyParts, 'line'>): string => `${token} ${text}`

function form(verb: string, issue: Issue, reply: string | Making<string>, result: unknown): ReplyForm {
  return {
    verb,
    issue,
    reply: typeof reply === 'string' ? () => reply : reply,
    outcome: (parts) => ({ result: typeof result === 'function' ? result(parts) : result }),
    asks: false,
    needsLife: parseCommand(verb)?.allowedWhenDead === false,
  }
}

function asked(verb: string, issue: Issue, reply: string | Making<string>, result: unknown): ReplyForm {
  return { ...form(verb, issue, reply, result), asks: true }
}

function failing(verb: string, issue: Issue, reply: string): ReplyForm {
  return { ...asked(verb, issue, reply, undefined), outcome: () => ({ code: 'command-failed' }) }
}

/** A command whose result is `0`, or -1. */
function zeroOrFailed(verb: string, issue: Issue): ReplyForm[] {
  return [form(verb, issue, '200 result=0', undefined), failing(verb, issue, '200 result=-1')]
}

function nothing(verb: string, issue: Issue, code = 0): ReplyForm[] {
  return [form(verb, issue, `200 result=${code}`, undefined)]
}

function yesOrNo(verb: string, issue: Issue, yes = 1): ReplyForm[] {
  return [form(verb, issue, `200 result=${yes}`, true), form(verb, issue, `200 result=${1 - yes}`, false)]
}

function value(verb: string, issue: Issue): ReplyForm[] {
  return [
    form(verb, issue, (parts) => `200 result=1 (${VALUE(parts)})`, VALUE),
    form(verb, issue, '200 result=0', null),
  ]
}

function playback(verb: string, issue: Issue, position: 'endpos' | 'offsetMs' = 'endpos'): ReplyForm[] {
  return [
    form(verb, issue, endedWith(50), ({ token }: ReplyParts) => ({
      kind: 'key',
      key: '2',
      [position]: token,
    })),
    asked(verb, issue, '200 result=-1 endpos=0', { kind: 'failed' }),
    // A wait of GET OPTION that ended before its time may have been ended by a hangup.
    (verb === 'GET OPTION' ? asked : form)(verb, issue, endedWith(0), ({ token }: ReplyParts) => ({
      kind: 'finished',
      [position]: token,
    })),
  ]
}

function endedWith(code: number): Making<string> {
  return ({ token }) => `200 result=${code} endpos=${token}`
}

function said(verb: string, issue: Issue): ReplyForm[] {
  return [
    form(verb, issue, '200 result=0', { kind: 'finished' }),
    form(verb, issue, '200 result=35', { kind: 'key', key: '#' }),
    asked(verb, issue, '200 result=-1', { kind: 'failed' }),
  ]
}

const getData: Issue = (call, token) => call.getData(`ask-${token}`, 4_000, 10)
const waitForDigit: Issue = (call) => call.waitForDigit(4_000)
const receiveChar: Issue = (call) => call.receiveChar(500)
const receiveText: Issue = (call) => call.receiveText(500)
const recordFile: Issue = (call, token) => call.recordFile(`/r/${token}`, 'wav', { timeoutMs: 60_000 })
const exec: Issue = (call, token) => call.exec('Dial', `PJSIP/${token}`)
const gosub: Issue = (call, token) => call.gosub({ context: 'sub', extension: `${token}`, priority: 1 })
const databasePut: Issue = (call, token) => call.databasePut('f', 'k', `${token}`)
const getFullVariable: Issue = (call) => call.getFullVariable('${X}')
const channelStatusOf: Issue = (call, token) => call.channelStatusOf(`PJSIP/${token}`)
const recognize: Issue = (call, token) => call.speechRecognize(`ask-${token}`, 5)

/** Every command, with every form of reply that res/res_agi.c and apps/app_stack.c of Asterisk 22 have for it. */
export const REPLY_FORMS: readonly ReplyForm[] = [
  ...zeroOrFailed('ANSWER', (call) => call.answer()),
  ...nothing('ASYNCAGI BREAK', (call) => call.asyncAgiBreak()),
  form(
    'CHANNEL STATUS',
    (call) => call.channelStatus(),
    ({ token }) => `200 result=${token}`,
    tokenOf,
  ),
  form('CHANNEL STATUS', channelStatusOf, ({ token }) => `200 result=${token}`, tokenOf),
  form('CHANNEL STATUS', channelStatusOf, '200 result=-1', null),
  ...playback('CONTROL STREAM FILE', (call, token) => call.controlStreamFile(`${token}`), 'offsetMs'),
  ...yesOrNo('DATABASE DEL', (call, token) => call.databaseDelete('f', `${token}`)),
  ...yesOrNo('DATABASE DELTREE', (call, token) => call.databaseDeleteTree(`${token}`), 0),
  ...value('DATABASE GET', (call, token) => call.databaseGet('f', `${token}`)),
  form('DATABASE PUT', databasePut, '200 result=1', undefined),
  failing('DATABASE PUT', databasePut, '200 result=0'),
  form('EXEC', exec, ({ token }) => `200 result=${token}`, tokenOf),
  form('EXEC', exec, '200 result=-1', -1),
  form('EXEC', exec, '200 result=-2', -2),
  form('EXEC', exec, `200 result=1\n${USAGE}`, 1),
  form('EXEC', exec, `200 result=1\n${SHORT_USAGE}`, 1),
  form(
    'GET DATA',
    getData,
    ({ token }) => `200 result=0${token}`,
    ({ token }: ReplyParts) => ({
      digits: `0${token}`,
      timedOut: false,
    }),
  ),
  form(
    'GET DATA',
    getData,
    ({ token }) => `200 result=*${token} (timeout)`,
    ({ token }: ReplyParts) => ({
      digits: `*${token}`,
      timedOut: true,
    }),
  ),
  form('GET DATA', getData, '200 result= (timeout)', { digits: '', timedOut: true }),
  form('GET DATA', getData, '200 result=', { digits: '', timedOut: false }),
  failing('GET DATA', getData, '200 result=-1'),
  form(
    'GET FULL VARIABLE',
    getFullVariable,
    (parts) => `200 result=1 (${VALUE(parts)}${markOf(parts)})`,
    VALUE,
  ),
  form('GET FULL VARIABLE', getFullVariable, '200 result=0', null),
  ...playback('GET OPTION', (call, token) => call.getOption(`${token}`, '12', 60_000)),
  ...value('GET VARIABLE', (call, token) => call.getVariable(`X${token}`)),
  form('GOSUB', gosub, '100 result=0 Trying...\n200 result=0 Gosub complete', 'completed'),
  form('GOSUB', gosub, '100 result=0 Trying...\n200 result=0 Gosub complete (abnormal exit)', 'left'),
  form('GOSUB', gosub, '200 result=-1 Gosub label not found', 'not-found'),
  failing('GOSUB', gosub, '100 result=0 Trying...\n200 result=-1 Gosub failed'),
  { ...form('HANGUP', (call) => call.hangup(), '200 result=1', undefined), whenGone: { result: undefined } },
  form('HANGUP', (call, token) => call.hangupChannel(`PJSIP/${token}`), '200 result=-1', false),
  ...nothing('NOOP', (call) => call.noop()),
  form(
    'RECEIVE CHAR',
    receiveChar,
    ({ token }) => `200 result=${token}`,
    ({ token }: ReplyParts) => ({
      kind: 'character',
      character: String.fromCodePoint(token),
    }),
  ),
  form('RECEIVE CHAR', receiveChar, '200 result=0 (timeout)', { kind: 'timeout' }),
  asked('RECEIVE CHAR', receiveChar, '200 result=-1 (hangup)', { kind: 'timeout' }),
  form(
    'RECEIVE TEXT',
    receiveText,
    (parts) => `200 result=1 (${VALUE(parts)})`,
    (parts: ReplyParts) => ({
      kind: 'text',
      text: VALUE(parts),
    }),
  ),
  asked('RECEIVE TEXT', receiveText, '200 result=-1', { kind: 'timeout' }),
  ...(['timeout', 'hangup', 'waitfor'] as const).map((word) =>
    form(
      'RECORD FILE',
      recordFile,
      ({ token }) => `200 result=0 (${word}) endpos=${token}`,
      (parts: ReplyParts) => ({
        kind: word === 'timeout' ? 'timeout' : 'hangup',
        endpos: parts.token,
      }),
    ),
  ),
  form(
    'RECORD FILE',
    recordFile,
    ({ token }) => `200 result=35 (dtmf) endpos=${token}`,
    (parts: ReplyParts) => ({
      kind: 'key',
      key: '#',
      endpos: parts.token,
    }),
  ),
  asked('RECORD FILE', recordFile, '200 result=-1 (writefile)', { kind: 'failed' }),
  asked('RECORD FILE', recordFile, '200 result=-1 (randomerror) endpos=0', { kind: 'failed' }),
  ...said('SAY ALPHA', (call, token) => call.sayAlpha(`${token}`)),
  ...said('SAY DATE', (call) => call.sayDate(MOMENT)),
  ...said('SAY DATETIME', (call) => call.sayDateTime(MOMENT)),
  ...said('SAY DIGITS', (call, token) => call.sayDigits(`${token}`)),
  ...said('SAY NUMBER', (call, token) => call.sayNumber(token)),
  ...said('SAY PHONETIC', (call, token) => call.sayPhonetic(`${token}`)),
  ...said('SAY TIME', (call) => call.sayTime(MOMENT)),
  ...zeroOrFailed('SEND IMAGE', (call, token) => call.sendImage(`${token}`)),
  ...zeroOrFailed('SEND TEXT', (call, token) => call.sendText(`${token}`)),
  ...nothing('SET AUTOHANGUP', (call, token) => call.setAutoHangup(token)),
  ...nothing('SET CALLERID', (call, token) => call.setCallerId(`${token}`), 1),
  ...nothing('SET CONTEXT', (call, token) => call.setContext(`${token}`)),
  ...nothing('SET EXTENSION', (call, token) => call.setExtension(`${token}`)),
  ...nothing('SET MUSIC', (call) => call.setMusic(true)),
  ...nothing('SET PRIORITY', (call, token) => call.setPriority(token)),
  ...nothing('SET VARIABLE', (call, token) => call.setVariable('X', `${token}`), 1),
  ...yesOrNo('SPEECH ACTIVATE GRAMMAR', (call, token) => call.speechActivateGrammar(`${token}`)),
  ...yesOrNo('SPEECH CREATE', (call) => call.speechCreate('')),
  ...yesOrNo('SPEECH DEACTIVATE GRAMMAR', (call, token) => call.speechDeactivateGrammar(`${token}`)),
  ...yesOrNo('SPEECH DESTROY', (call) => call.speechDestroy()),
  ...yesOrNo('SPEECH LOAD GRAMMAR', (call, token) => call.speechLoadGrammar(`${token}`, '/g')),
  form(
    'SPEECH RECOGNIZE',
    recognize,
    ({ token }) =>
      `200 result=1 (speech) endpos=${token} results=1 score0=9 text0="(${token}) "x"" grammar0=g`,
    ({ token }: ReplyParts) => ({
      kind: 'speech',
      endpos: token,
      alternatives: [{ score: 9, text: `(${token}) "x"`, grammar: 'g' }],
    }),
  ),
  form(
    'SPEECH RECOGNIZE',
    recognize,
    ({ token }) => `200 result=1 (digit) digit=* endpos=${token}`,
    (parts: ReplyParts) => ({
      kind: 'key',
      key: '*',
      endpos: parts.token,
    }),
  ),
  form(
    'SPEECH RECOGNIZE',
    recognize,
    ({ token }) => `200 result=1 (timeout) endpos=${token}`,
    (parts: ReplyParts) => ({
      kind: 'timeout',
      endpos: parts.token,
    }),
  ),
  failing('SPEECH RECOGNIZE', recognize, '200 result=1 (hangup) endpos=0'),
  asked('SPEECH RECOGNIZE', recognize, '200 result=0', { kind: 'failed' }),
  ...yesOrNo('SPEECH SET', (call, token) => call.speechSet('n', `${token}`)),
  ...yesOrNo('SPEECH UNLOAD GRAMMAR', (call, token) => call.speechUnloadGrammar(`${token}`)),
  ...playback('STREAM FILE', (call, token) => call.streamFile(`${token}`, '12')),
  ...yesOrNo('TDD MODE', (call) => call.tddMode('on')),
  ...nothing('VERBOSE', (call, token) => call.verbose(`${token}`), 1),
  form('WAIT FOR DIGIT', waitForDigit, '200 result=0', { kind: 'timeout' }),
  form('WAIT FOR DIGIT', waitForDigit, '200 result=49', { kind: 'key', key: '1' }),
  failing('WAIT FOR DIGIT', waitForDigit, '200 result=-1'),
]

function tokenOf({ token }: ReplyParts): number {
  return token
}

/** The end of the expression, which Asterisk gives back unread. */
function markOf({ line }: ReplyParts): string {
  return /(~[0-9a-f]{16})"/.exec(line)?.[1] ?? ''
}
