import { describe, expect, it } from 'vitest'
import type { AgiCall } from '../call.ts'
import { AgiArgumentError, AgiCommandFailedError } from '../errors.ts'
import { COMMAND_VERBS } from '../testing/command-table.ts'
import { scriptedCall } from '../testing/scripted-exchange.ts'

type Issue = (call: AgiCall) => Promise<unknown>

const MOMENT = new Date('2026-11-22T10:00:00.900Z')
const EPOCH = 1_795_341_600
const ALIVE = '200 result=6\n'

/** What is written, what Asterisk replies, what the command gives. */
const rows: [line: string, reply: string, result: unknown, issue: Issue][] = [
  ['ANSWER', '200 result=0', undefined, (call) => call.answer()],
  ['ASYNCAGI BREAK', '200 result=0', undefined, (call) => call.asyncAgiBreak()],
  ['CHANNEL STATUS', '200 result=6', 6, (call) => call.channelStatus()],
  ['CHANNEL STATUS "PJSIP/x-1"', '200 result=4', 4, (call) => call.channelStatusOf('PJSIP/x-1')],
  ['CHANNEL STATUS "PJSIP/x-1"', '200 result=-1', null, (call) => call.channelStatusOf('PJSIP/x-1')],
  [
    'CONTROL STREAM FILE "x" "12" 3000 "#" "*" "" 0',
    '200 result=50 endpos=1500',
    { kind: 'key', key: '2', offsetMs: 1_500 },
    (call) => call.controlStreamFile('x', { escapeDigits: '12' }),
  ],
  [
    'CONTROL STREAM FILE "x" "" 1000 "6" "4" "5" 250',
    '200 result=0 endpos=-1',
    { kind: 'finished', offsetMs: null },
    (call) =>
      call.controlStreamFile('x', {
        skipMs: 1_000,
        forwardKey: '6',
        rewindKey: '4',
        pauseKey: '5',
        offsetMs: 250,
      }),
  ],
  ['DATABASE DEL "f" "k"', '200 result=1', true, (call) => call.databaseDelete('f', 'k')],
  ['DATABASE DEL "f" "k"', '200 result=0', false, (call) => call.databaseDelete('f', 'k')],
  ['DATABASE DELTREE "f"', '200 result=0', true, (call) => call.databaseDeleteTree('f')],
  ['DATABASE DELTREE "f" "t"', '200 result=1', false, (call) => call.databaseDeleteTree('f', 't')],
  ['DATABASE GET "f" "k"', '200 result=1 (a (b) c)', 'a (b) c', (call) => call.databaseGet('f', 'k')],
  ['DATABASE GET "f" "k"', '200 result=1 (two\nlines)', 'two\nlines', (call) => call.databaseGet('f', 'k')],
  ['DATABASE GET "f" "k"', '200 result=0', null, (call) => call.databaseGet('f', 'k')],
  ['DATABASE PUT "f" "k" ""', '200 result=1', undefined, (call) => call.databasePut('f', 'k', '')],
  ['EXEC "Dial" "PJSIP/x,20"', '200 result=-1', -1, (call) => call.exec('Dial', 'PJSIP/x,20')],
  ['EXEC "NoSuch"', '200 result=-2', -2, (call) => call.exec('NoSuch')],
  [
    'GET DATA "ask" 4000 4',
    '200 result=0123',
    { digits: '0123', timedOut: false },
    (call) => call.getData('ask', 4_000, 4),
  ],
  [
    'GET DATA "" 4000 4',
    '200 result= (timeout)',
    { digits: '', timedOut: true },
    (call) => call.getData('', 4_000, 4),
  ],
  [
    'GET DATA "ask" 2147483647 1023',
    '200 result=*12',
    { digits: '*12', timedOut: false },
    (call) => call.getData('ask', Infinity, 5_000),
  ],
  ['GET FULL VARIABLE', '200 result=0', null, (call) => call.getFullVariable('${X}', 'PJSIP/gone')],
  [
    'GET OPTION "menu" "*#" 7000',
    '200 result=42 endpos=5',
    { kind: 'key', key: '*', endpos: 5 },
    (call) => call.getOption('menu', '*#', 7_000),
  ],
  [
    'GET OPTION "menu" "12" 0',
    '200 result=0 endpos=0',
    { kind: 'finished', endpos: 0 },
    (call) => call.getOption('menu', '12', 0),
  ],
  ['GET VARIABLE "X"', '200 result=1 (a (b) c)', 'a (b) c', (call) => call.getVariable('X')],
  ['GET VARIABLE "X"', '200 result=1 ()', '', (call) => call.getVariable('X')],
  ['GET VARIABLE "X"', '200 result=0', null, (call) => call.getVariable('X')],
  [
    'GOSUB "sub" "s" 1 "a,b"',
    '100 result=0 Trying...\n200 result=0 Gosub complete',
    'completed',
    (call) => call.gosub({ context: 'sub', extension: 's', priority: 1 }, 'a,b'),
  ],
  [
    'GOSUB "sub" "s" 1',
    '100 result=0 Trying...\n200 result=0 Gosub complete (abnormal exit)',
    'left',
    (call) => call.gosub({ context: 'sub', extension: 's', priority: 1 }),
  ],
  [
    'GOSUB "sub" "s" "begin"',
    '200 result=-1 Gosub label not found',
    'not-found',
    (call) => call.gosub({ context: 'sub', extension: 's', priority: 'begin' }),
  ],
  ['HANGUP', '200 result=1', undefined, (call) => call.hangup()],
  ['HANGUP "PJSIP/x-1"', '200 result=1', true, (call) => call.hangupChannel('PJSIP/x-1')],
  ['HANGUP "PJSIP/x-1"', '200 result=-1', false, (call) => call.hangupChannel('PJSIP/x-1')],
  ['NOOP', '200 result=0', undefined, (call) => call.noop()],
  [
    'RECEIVE CHAR 500',
    '200 result=97',
    { kind: 'character', character: 'a' },
    (call) => call.receiveChar(500),
  ],
  ['RECEIVE CHAR 500', '200 result=0 (timeout)', { kind: 'timeout' }, (call) => call.receiveChar(500)],
  [
    'RECEIVE TEXT 500',
    '200 result=1 (hello)\n',
    { kind: 'text', text: 'hello' },
    (call) => call.receiveText(500),
  ],
  [
    'RECORD FILE "/r/1" "wav" "#" 60000 0',
    '200 result=35 (dtmf) endpos=99',
    { kind: 'key', key: '#', endpos: 99 },
    (call) => call.recordFile('/r/1', 'wav', { timeoutMs: 60_000 }),
  ],
  [
    'RECORD FILE "/r/1" "wav" "" -1 8000 "BEEP" "s=3"',
    '200 result=12 (timeout) endpos=16000',
    { kind: 'timeout', endpos: 16_000 },
    (call) =>
      call.recordFile('/r/1', 'wav', {
        timeoutMs: Infinity,
        escapeDigits: '',
        offset: 8_000,
        beep: true,
        silenceSeconds: 3,
      }),
  ],
  [
    'RECORD FILE "/r/1" "wav" "#" 1000 0 "BEEP"',
    '200 result=35 (randomerror) endpos=0',
    { kind: 'key', key: '#', endpos: 0 },
    (call) => call.recordFile('/r/1', 'wav', { timeoutMs: 1_000, beep: true }),
  ],
  [
    'RECORD FILE "/r/1" "wav" "#" 1000 0',
    '200 result=-1 (hangup) endpos=800',
    { kind: 'hangup', endpos: 800 },
    (call) => call.recordFile('/r/1', 'wav', { timeoutMs: 1_000 }),
  ],
  ['SAY ALPHA "ab" ""', '200 result=0', { kind: 'finished' }, (call) => call.sayAlpha('ab')],
  [
    'SAY ALPHA "aB" "" "upper"',
    '200 result=0',
    { kind: 'finished' },
    (call) => call.sayAlpha('aB', '', 'upper'),
  ],
  [`SAY DATE ${EPOCH} ""`, '200 result=0', { kind: 'finished' }, (call) => call.sayDate(MOMENT)],
  [`SAY DATETIME ${EPOCH} ""`, '200 result=0', { kind: 'finished' }, (call) => call.sayDateTime(MOMENT)],
  [
    `SAY DATETIME ${EPOCH} "1" "HM" "America/Sao_Paulo"`,
    '200 result=49',
    { kind: 'key', key: '1' },
    (call) => call.sayDateTime(MOMENT, '1', { format: 'HM', timeZone: 'America/Sao_Paulo' }),
  ],
  ['SAY DIGITS "0123" ""', '200 result=0', { kind: 'finished' }, (call) => call.sayDigits('0123')],
  ['SAY DIGITS "1*#" "1"', '200 result=49', { kind: 'key', key: '1' }, (call) => call.sayDigits('1*#', '1')],
  ['SAY NUMBER -12 ""', '200 result=0', { kind: 'finished' }, (call) => call.sayNumber(-12)],
  ['SAY NUMBER 2 "" "f"', '200 result=0', { kind: 'finished' }, (call) => call.sayNumber(2, '', 'f')],
  ['SAY PHONETIC "ab" ""', '200 result=0', { kind: 'finished' }, (call) => call.sayPhonetic('ab')],
  [`SAY TIME ${EPOCH} ""`, '200 result=0', { kind: 'finished' }, (call) => call.sayTime(MOMENT)],
  ['SEND IMAGE "logo"', '200 result=0', undefined, (call) => call.sendImage('logo')],
  ['SEND TEXT "oi"', '200 result=0', undefined, (call) => call.sendText('oi')],
  ['SET AUTOHANGUP 60', '200 result=0', undefined, (call) => call.setAutoHangup(60)],
  [
    String.raw`SET CALLERID "\"Maria\" <2001>"`,
    '200 result=1',
    undefined,
    (call) => call.setCallerId('"Maria" <2001>'),
  ],
  ['SET CONTEXT "queue"', '200 result=0', undefined, (call) => call.setContext('queue')],
  ['SET EXTENSION "s"', '200 result=0', undefined, (call) => call.setExtension('s')],
  ['SET MUSIC "on"', '200 result=0', undefined, (call) => call.setMusic(true)],
  ['SET MUSIC "on" "jazz"', '200 result=0', undefined, (call) => call.setMusic(true, 'jazz')],
  ['SET MUSIC "off"', '200 result=0', undefined, (call) => call.setMusic(false)],
  ['SET PRIORITY 3', '200 result=0', undefined, (call) => call.setPriority(3)],
  ['SET PRIORITY "begin"', '200 result=0', undefined, (call) => call.setPriority('begin')],
  ['SET VARIABLE "X" "a,b"', '200 result=1', undefined, (call) => call.setVariable('X', 'a,b')],
  ['SPEECH ACTIVATE GRAMMAR "g"', '200 result=1', true, (call) => call.speechActivateGrammar('g')],
  ['SPEECH CREATE ""', '200 result=0', false, (call) => call.speechCreate('')],
  ['SPEECH DEACTIVATE GRAMMAR "g"', '200 result=0', false, (call) => call.speechDeactivateGrammar('g')],
  ['SPEECH DESTROY', '200 result=1', true, (call) => call.speechDestroy()],
  ['SPEECH LOAD GRAMMAR "g" "/g"', '200 result=1', true, (call) => call.speechLoadGrammar('g', '/g')],
  [
    'SPEECH RECOGNIZE "ask" 5',
    '200 result=1 (speech) endpos=99 results=2 score0=90 text0="yes (please) "now"" grammar0=yn score1=-3 text1="no" grammar1=y n',
    {
      kind: 'speech',
      endpos: 99,
      alternatives: [
        { score: 90, text: 'yes (please) "now"', grammar: 'yn' },
        { score: -3, text: 'no', grammar: 'y n' },
      ],
    },
    (call) => call.speechRecognize('ask', 5),
  ],
  [
    'SPEECH RECOGNIZE "ask" 5 800',
    '200 result=1 (digit) digit=# endpos=99',
    { kind: 'key', key: '#', endpos: 99 },
    (call) => call.speechRecognize('ask', 5, 800),
  ],
  [
    'SPEECH RECOGNIZE "ask" 5',
    '200 result=1 (timeout) endpos=0',
    { kind: 'timeout', endpos: 0 },
    (call) => call.speechRecognize('ask', 5),
  ],
  ['SPEECH SET "n" "v"', '200 result=1', true, (call) => call.speechSet('n', 'v')],
  ['SPEECH UNLOAD GRAMMAR "g"', '200 result=1', true, (call) => call.speechUnloadGrammar('g')],
  [
    'STREAM FILE "ura/main-menu" "12"',
    '200 result=50 endpos=8000',
    { kind: 'key', key: '2', endpos: 8_000 },
    (call) => call.streamFile('ura/main-menu', '12'),
  ],
  [
    'STREAM FILE "x" "" 800',
    '200 result=0 endpos=1',
    { kind: 'finished', endpos: 1 },
    (call) => call.streamFile('x', '', 800),
  ],
  ['TDD MODE "on"', '200 result=0', false, (call) => call.tddMode('on')],
  ['VERBOSE "hello" 3', '200 result=1', undefined, (call) => call.verbose('hello', 3)],
  ['WAIT FOR DIGIT 4000', '200 result=0', { kind: 'timeout' }, (call) => call.waitForDigit(4_000)],
  [
    'WAIT FOR DIGIT 2147483647',
    '200 result=35',
    { kind: 'key', key: '#' },
    (call) => call.waitForDigit(Infinity),
  ],
]

describe('each command: the line it writes and what it makes of the reply', () => {
  it.each(rows)('%s: %s', async (line, reply, result, issue) => {
    const { call, written } = scriptedCall([`${reply}\n`])
    expect(await issue(call)).toEqual(result)
    expect(written).toHaveLength(1)
    // The mark behind an expression is random.
    expect(line === 'GET FULL VARIABLE' ? written[0]?.slice(0, line.length) : written[0]).toBe(line)
  })

  it('leaves out no command of Asterisk 22', () => {
    expect(COMMAND_VERBS).toHaveLength(47)
    const untold = COMMAND_VERBS.filter(
      (verb) => !rows.some(([line]) => line === verb || line.startsWith(`${verb} `)),
    )
    expect(untold).toEqual([])
  })
})

const failures: [string, unknown, Issue][] = [
  ['200 result=-1 endpos=0', { kind: 'failed' }, (call) => call.streamFile('gone')],
  ['200 result=-1 endpos=0', { kind: 'failed' }, (call) => call.controlStreamFile('gone')],
  ['200 result=-1 endpos=0', { kind: 'failed' }, (call) => call.getOption('gone', '1', 1)],
  ['200 result=-1', { kind: 'failed' }, (call) => call.sayNumber(1)],
  ['200 result=-1', { kind: 'timeout' }, (call) => call.receiveText(1)],
  ['200 result=-1 (hangup)', { kind: 'timeout' }, (call) => call.receiveChar(1)],
  ['200 result=-1 (writefile)', { kind: 'failed' }, (call) => call.recordFile('/x', 'wav', { timeoutMs: 1 })],
  [
    '200 result=-1 (randomerror) endpos=0',
    { kind: 'failed' },
    (call) => call.recordFile('/x', 'wav', { timeoutMs: 1 }),
  ],
  ['200 result=0', { kind: 'failed' }, (call) => call.speechRecognize('x', 1)],
  ['200 result=0 endpos=0', { kind: 'finished', endpos: 0 }, (call) => call.getOption('x', '1', 9_000)],
]

describe('a result that a hangup gives as well', () => {
  it.each(failures)('%s on a live channel: %j', async (reply, result, issue) => {
    const { call, written } = scriptedCall([`${reply}\n`, ALIVE])
    expect(await issue(call)).toEqual(result)
    expect(written.at(-1)).toBe('CHANNEL STATUS')
  })

  it.each<[string, Issue]>([
    ['200 result=-1', (call) => call.answer()],
    ['200 result=-1', (call) => call.waitForDigit(1)],
    ['200 result=-1', (call) => call.getData('gone', 1, 1)],
    ['200 result=-1', (call) => call.sendText('x')],
    ['200 result=-1', (call) => call.sendImage('x')],
    ['200 result=-1 Gosub failed', (call) => call.gosub({ context: 'c', extension: 's', priority: 1 })],
    ['200 result=0', (call) => call.databasePut('f', 'k', 'v')],
  ])(
    '%s on a live channel, where there is no other word for it: AgiCommandFailedError',
    async (reply, issue) => {
      const { call } = scriptedCall([`${reply}\n`, ALIVE])
      await expect(issue(call)).rejects.toThrow(AgiCommandFailedError)
    },
  )
})

describe('arguments that Asterisk would misread', () => {
  it.each<[string, Issue]>([
    ['a line break', (call) => call.setVariable('X', 'a\nHANGUP')],
    ['a line break in MSet', (call) => call.setVariables({ A: 'a\nHANGUP', B: '2' })],
    ['a line too long for Asterisk 22.5', (call) => call.verbose('x'.repeat(2_100))],
    ['a key set with something else in it', (call) => call.streamFile('x', '12x')],
    ['digits to say that are none', (call) => call.sayDigits('x12')],
    ['a file without name', (call) => call.streamFile('')],
    ['a negative wait', (call) => call.waitForDigit(-1)],
    ['a wait that is no number', (call) => call.getOption('x', '1', Number.NaN)],
    ['a fraction', (call) => call.sayNumber(1.5)],
    ['no digits at all', (call) => call.getData('x', 1_000, 0)],
    ['GET DATA without time, which would mean six seconds', (call) => call.getData('x', 0, 4)],
    ['a recording without time', (call) => call.recordFile('x', 'wav', { timeoutMs: 0 })],
    ['a date that is none', (call) => call.sayDate(new Date('x'))],
    ['a date beyond a C int', (call) => call.sayDate(new Date('2040-01-01'))],
    ['a time zone without a format', (call) => call.sayDateTime(MOMENT, '', { timeZone: 'UTC' })],
    ['a priority of 0', (call) => call.setPriority(0)],
    ['a winding key that is none', (call) => call.controlStreamFile('x', { forwardKey: 'x' as '#' })],
    ['a variable list with an expression in it', (call) => call.getVariables(['A})${SHELL(x)}'])],
  ])('%s: AgiArgumentError, nothing written', async (_what, issue) => {
    const { call, written } = scriptedCall([], { version: '22.5.2' })
    await expect(issue(call)).rejects.toThrow(AgiArgumentError)
    expect(written).toEqual([])
  })
})
