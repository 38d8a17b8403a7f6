import { afterEach, describe, expect, it } from 'vitest'
import { answersOf, bareServer, closeBareServers } from '../bare-server.ts'
import { commandVerbs } from '../command-table.ts'
import type { FakeCallOptions } from '../fake-call.ts'
import { FAKE_COMMANDS } from './table.ts'

afterEach(closeBareServers)

type Case = [lines: string[], answers: string[], agiStatus: string, options?: Omit<FakeCallOptions, 'port'>]

const missing = { missingFiles: () => true }
const keyed = (keys: string): Omit<FakeCallOptions, 'port'> => ({ caller: { asked: () => keys } })
const never = (): Promise<never> => new Promise(() => undefined)

describe('the fake', () => {
  it('runs every command Asterisk 22 has, and no other', () => {
    expect(Object.keys(FAKE_COMMANDS).toSorted()).toEqual(commandVerbs().toSorted())
    expect(Object.keys(FAKE_COMMANDS)).toHaveLength(47)
  })
})

describe.each<[string, Case[]]>([
  [
    'playback',
    [
      [['STREAM FILE x ""'], ['200 result=0 endpos=16000'], 'SUCCESS'],
      [['STREAM FILE x "" 80'], ['200 result=-1 endpos=80'], 'FAILURE', missing],
      [['CONTROL STREAM FILE x ""'], ['200 result=0 endpos=-1'], 'SUCCESS'],
      [['CONTROL STREAM FILE x ""'], ['200 result=-1 endpos=-1'], 'FAILURE', missing],
      [['GET OPTION x 12'], ['200 result=50 endpos=16000'], 'SUCCESS', keyed('2')],
      [['GET OPTION x 12'], ['200 result=-1 endpos=0'], 'FAILURE', missing],
      [['GET DATA x 0 0'], ['200 result=-1'], 'SUCCESS'],
      [
        ['STREAM FILE x 1', 'GET VARIABLE PLAYBACKSTATUS'],
        ['200 result=0 endpos=16000', '200 result=1 (SUCCESS)'],
        'SUCCESS',
      ],
    ],
  ],
  [
    'saying',
    [
      [['SAY DATE 0 ""'], ['200 result=0'], 'SUCCESS'],
      [['SAY NUMBER 4 ""'], ['200 result=-1'], 'FAILURE', missing],
      [['SAY DIGITS 4 ""'], ['200 result=0'], 'SUCCESS', missing],
      [['SAY ALPHA a "" x'], ['520-Invalid command syntax.  Proper usage follows:'], 'SUCCESS'],
    ],
  ],
  [
    'the database',
    [
      [
        ['DATABASE GET a b'],
        ['200 result=1 (seeded)'],
        'SUCCESS',
        { database: new Map([['a/b', 'seeded']]) },
      ],
      [['DATABASE DEL a b'], ['200 result=1'], 'SUCCESS'],
      [['DATABASE DELTREE a'], ['200 result=1'], 'SUCCESS'],
    ],
  ],
  [
    'the dialplan',
    [
      [['GOSUB a s 1'], ['200 result=-1 Gosub label not found'], 'FAILURE'],
      [['EXEC Bad'], ['200 result=2'], 'FAILURE', { applications: { Bad: () => 2 } }],
      [['SET PRIORITY start'], ['520-Invalid command syntax.  Proper usage follows:'], 'SUCCESS'],
      [
        ['SET PRIORITY start'],
        ['200 result=0'],
        'SUCCESS',
        { routines: { 'from-internal,7000,start': () => '' } },
      ],
    ],
  ],
  [
    'texts',
    [
      [
        ['RECEIVE TEXT 1000'],
        ['200 result=1 (good morning)'],
        'SUCCESS',
        { caller: { askedForText: () => 'good morning' } },
      ],
      [['RECEIVE TEXT 1000'], ['200 result=-1'], 'SUCCESS'],
      [['RECEIVE CHAR 1000'], ['200 result=115'], 'SUCCESS', { caller: { askedForText: () => 'sim' } }],
      [['RECEIVE CHAR 1000'], ['200 result=0 (timeout)'], 'SUCCESS', { caller: { askedForText: () => '' } }],
      [['RECEIVE CHAR 1000'], ['200 result=-1 (hangup)'], 'FAILURE'],
    ],
  ],
  [
    'recordings',
    [
      [['RECORD FILE a wav "" 500'], ['200 result=0 (timeout) endpos=4000'], 'SUCCESS'],
      [['RECORD FILE a wav "" 9000 s=2'], ['200 result=0 (timeout) endpos=16000'], 'SUCCESS'],
      [['RECORD FILE a wav "" -1 s=2'], ['200 result=0 (timeout) endpos=16000'], 'SUCCESS'],
      [
        ['RECORD FILE a wav # 500'],
        ['200 result=35 (dtmf) endpos=8000'],
        'SUCCESS',
        { caller: { speaks: () => '#' } },
      ],
      [
        ['RECORD FILE a wav # 500'],
        ['200 result=-1 (hangup) endpos=8000'],
        'HANGUP',
        { caller: { speaks: () => 'hangup' } },
      ],
      [['RECORD FILE a wav # 500 BEEP'], ['200 result=-1 (randomerror) endpos=0'], 'SUCCESS', missing],
      [
        ['RECORD FILE a wav # 500'],
        ['200 result=-1 (writefile)'],
        'FAILURE',
        { unwritableFiles: () => true },
      ],
      [['RECORD FILE a mp7 # 500'], ['200 result=-1 (writefile)'], 'FAILURE'],
      [
        ['RECORD FILE a wav "" 500', 'STREAM FILE a ""'],
        ['200 result=0 (timeout) endpos=4000', '200 result=0 endpos=4000'],
        'SUCCESS',
        missing,
      ],
    ],
  ],
])('%s', (_theme, cases) => {
  it.each(cases)('%j is answered by %j, AGISTATUS=%s', async (lines, expected, agiStatus, options = {}) => {
    const outcome = await answersOf(lines, options)
    expect(outcome.answers).toEqual(expected)
    expect(outcome.agiStatus).toBe(agiStatus)
  })
})

describe('CONTROL STREAM FILE', () => {
  it('goes on after a pause, and stops by a stop key in the next', async () => {
    const presses = ['5', '1']
    const { fake, next, write, end } = await bareServer({
      caller: {
        hears: () => {
          setImmediate(() => fake.press(presses.shift() ?? ''))
          return never()
        },
        asked: () => '5',
      },
    })
    write('CONTROL STREAM FILE x 1 3000 # * 5\n')
    expect(await next()).toBe('200 result=49 endpos=1000')
    end()
    expect(fake.played).toEqual(['x', 'x'])
  })
})

describe('GOSUB', () => {
  it('says that it tries, then what came of it; the routine sees the argument and sets variables', async () => {
    const { answers, fake } = await answersOf(
      ['GOSUB sub s 1 "a b"', 'NOOP', 'GET VARIABLE GOSUB_RETVAL', 'NOOP'],
      {
        routines: {
          'sub,s,1': (argument, variables) => {
            variables.set('SEEN', argument)
            return 'back'
          },
        },
      },
    )
    // Each line is sent after one line of Asterisk, and GOSUB answers two.
    expect(answers).toEqual([
      '100 result=0 Trying...',
      '200 result=0 Gosub complete',
      '200 result=0',
      '200 result=1 (back)',
    ])
    expect(fake.variables.get('SEEN')).toBe('a b')
  })
})

describe('files', () => {
  it('that are said have names of their own', async () => {
    const lines = [
      'SAY ALPHA "aB-9" "" a',
      'SAY PHONETIC "a9" ""',
      'SAY NUMBER 42 ""',
      'SAY DATE 7 ""',
      'SAY DATETIME 7 ""',
    ]
    const { fake } = await answersOf(lines)
    expect(fake.played).toEqual([
      'lowercase',
      'letters/a',
      'uppercase',
      'letters/b',
      'letters/dash',
      'digits/9',
      'phonetic/a_p',
      'phonetic/9_p',
      'number/42',
      'date/7',
      'datetime/7',
    ])
  })

  it('that are recorded, and texts that are sent, can be looked at', async () => {
    const { fake } = await answersOf(['RECORD FILE note gsm "" 250', 'SEND TEXT "bom dia"'])
    expect([...fake.recordings]).toEqual([['note', { format: 'gsm', samples: 2_000 }]])
    expect(fake.texts).toEqual(['bom dia'])
  })
})

describe('speech recognition', () => {
  const recognizer = {
    engine: 'test',
    loads: (name: string) => name !== 'broken',
    recognize: ({ grammars }: { grammars: readonly string[] }) =>
      grammars.length === 0 ? null : [{ text: 'sim', score: 900, grammar: grammars[0] ?? '' }],
  }

  it('answers 0 to everything without an engine, or one of another name', async () => {
    expect((await answersOf(['SPEECH CREATE', 'SPEECH SET a b', 'SPEECH DESTROY'])).answers).toEqual(
      Array.from({ length: 3 }, () => '200 result=0'),
    )
    expect((await answersOf(['SPEECH CREATE other'], { recognizer })).answers).toEqual(['200 result=0'])
  })

  it('runs through grammars to a result', async () => {
    const { answers } = await answersOf(
      [
        'SPEECH CREATE test',
        'SPEECH CREATE test',
        'SPEECH SET a b',
        'SPEECH LOAD GRAMMAR broken /x',
        'SPEECH LOAD GRAMMAR yes /x',
        'SPEECH RECOGNIZE prompt 2',
        'SPEECH ACTIVATE GRAMMAR yes',
        'SPEECH RECOGNIZE prompt 2',
        'SPEECH DEACTIVATE GRAMMAR yes',
        'SPEECH UNLOAD GRAMMAR yes',
        'SPEECH DESTROY',
      ],
      { recognizer },
    )
    expect(answers).toEqual([
      '200 result=1',
      '200 result=0',
      '200 result=1',
      '200 result=0',
      '200 result=1',
      '200 result=1 (timeout) endpos=8000',
      '200 result=1',
      '200 result=1 (speech) endpos=8000 results=1 score0=900 text0="sim" grammar0=yes',
      '200 result=1',
      '200 result=1',
      '200 result=1',
    ])
  })

  it.each([
    ['5', '200 result=1 (digit) digit=5 endpos=8000'],
    ['hangup', '200 result=1 (hangup) endpos=8000'],
  ])('is ended by %s with %s', async (answer, expected) => {
    const caller = { asked: () => answer }
    const { answers } = await answersOf(['SPEECH CREATE', 'SPEECH RECOGNIZE prompt 2'], {
      recognizer: { recognize: never },
      caller,
    })
    expect(answers[1]).toBe(expected)
  })
})
