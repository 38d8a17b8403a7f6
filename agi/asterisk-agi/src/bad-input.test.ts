import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type BadInput, consequenceOf, otherCall } from './testing/bad-input.ts'
import { RAW_ENVIRONMENT, type RawPeer } from './testing/raw-peer.ts'
import { closeServed } from './testing/served.ts'

const SOON = { environmentTimeoutMs: 30, replyTimeoutMs: 30 }
const ONE_CALL = { maxCalls: 1, maxWaiting: 1, waitingTimeoutMs: 30 }

const sending =
  (text: string | Buffer) =>
  ({ socket }: RawPeer): void =>
    void socket.write(text)
const environmentWith = (changes: (text: string) => string): ((peer: RawPeer) => void) =>
  sending(changes(RAW_ENVIRONMENT))
const busy: NonNullable<BadInput['before']> = async (running) => void (await otherCall(running))

const fromStrangers: BadInput[] = [
  {
    comes: 'a connection that is closed without a word',
    leaves: true,
    connected: ({ socket }) => void socket.end(),
  },
  {
    comes: 'a connection that is reset without a word',
    leaves: true,
    connected: ({ socket }) => void socket.resetAndDestroy(),
  },
  {
    comes: 'half an environment, then the end',
    leaves: true,
    connected: ({ socket }) => void socket.end('agi_network: yes\n'),
  },
  {
    comes: 'half an environment, then nothing within `environmentTimeoutMs`',
    connected: sending('agi_network: yes\n'),
    options: SOON,
  },
  { comes: 'nothing within `environmentTimeoutMs`', connected: () => undefined, options: SOON },
  { comes: 'an HTTP request', connected: sending('GET / HTTP/1.1\r\nHost: x\r\n\r\n') },
  { comes: 'bytes that are no text', connected: sending(Buffer.from('160301020a01fc0303ff00', 'hex')) },
  { comes: 'a line over 65,536 bytes', connected: sending('x'.repeat(65_537)) },
  {
    comes: 'an environment of over 200 lines',
    connected: sending(Array.from({ length: 201 }, (_, index) => `agi_arg_${index}: x\n`).join('')),
  },
  {
    comes: 'an environment of over 65,536 characters',
    connected: sending(`agi_arg_1: ${'x'.repeat(40_000)}\nagi_arg_2: ${'x'.repeat(40_000)}\n`),
  },
  {
    comes: 'an environment without a line that Asterisk always sends',
    connected: sending('agi_network: yes\n\n'),
  },
  {
    comes: 'an environment with a name twice, as by a line break in a caller name',
    connected: environmentWith((text) => `agi_channel: Local/x\n${text}`),
  },
  {
    comes: 'an environment whose priority is no integer',
    connected: environmentWith((text) => text.replace('priority: 1', 'priority: one')),
  },
  { comes: 'a peer that is not among `allowedPeers`', options: { allowedPeers: ['10.0.0.0/8'] } },
  {
    comes: 'a script that nobody handles',
    connected: environmentWith((text) => text.replace('script: raw', 'script: other')),
  },
  { comes: 'a call past `maxCalls` and `maxWaiting`', options: { maxCalls: 1 }, before: busy },
  { comes: 'a call that has waited for `waitingTimeoutMs`', options: ONE_CALL, before: busy },
  {
    comes: 'a hangup while the call waits',
    options: { ...ONE_CALL, waitingTimeoutMs: 60_000 },
    before: busy,
    connected: environmentWith((text) => `${text}HANGUP\n`),
  },
  {
    comes: 'anything but a hangup while the call waits',
    options: { ...ONE_CALL, waitingTimeoutMs: 60_000 },
    before: busy,
    connected: environmentWith((text) => `${text}nonsense\n`),
  },
  {
    comes: 'a call while the server closes',
    before: async (running) => {
      const other = await otherCall(running)
      void running.server.close({ drainMs: 60_000 })
      void running.event('call-refused').then(() => other.socket.destroy())
    },
  },
]

const usage =
  '520-Invalid command syntax.  Proper usage follows:\nUsage: EXEC\nHANGUP\n520 End of proper usage.\n'
const shortUsage = '520 Invalid command syntax.  Proper usage not available.\n'
const getVariable: BadInput['issue'] = (call) => call.getVariable('X')
const setVariable: BadInput['issue'] = (call) => call.setVariable('X', '1')
const streamFile: BadInput['issue'] = (call) => call.streamFile('x')

const fromAsterisk: BadInput[] = [
  { comes: 'a line that is neither a reply nor HANGUP', issue: setVariable, asked: sending('nonsense\n') },
  { comes: 'a blank line', issue: setVariable, asked: sending('\n') },
  { comes: 'a reply to nothing', issue: setVariable, asked: sending('200 result=1\n200 result=1\n') },
  {
    comes: 'a reply to a question that was not yet asked',
    issue: streamFile,
    asked: sending('200 result=-1 endpos=0\n200 result=6\n'),
  },
  { comes: 'a reply 200 without `result=`', issue: setVariable, asked: sending('200 OK\n') },
  {
    comes: 'a result that this command never has',
    issue: streamFile,
    asked: sending('200 result=maybe\n'),
  },
  { comes: 'a key that no telephone has', issue: streamFile, asked: sending('200 result=7 endpos=0\n') },
  { comes: 'a reply without the value asked for', issue: getVariable, asked: sending('200 result=1\n') },
  { comes: 'a status that FastAGI does not have', issue: setVariable, asked: sending('404 Not found\n') },
  { comes: '510', issue: setVariable, asked: sending('510 Invalid or unknown command\n') },
  { comes: '511 on a channel that was dead from the start', issue: streamFile, asked: sending('511 Dead\n') },
  { comes: '520 in one line', issue: setVariable, asked: sending(shortUsage) },
  { comes: '520 in several lines, HANGUP among them', issue: setVariable, asked: sending(usage) },
  {
    comes: '503, from GOSUB',
    issue: setVariable,
    asked: sending('503 result=-2 Memory allocation failure\n'),
  },
  {
    comes: 'a usage text behind an EXEC that returned 1',
    issue: async (call) => [await call.exec('Odd'), await call.channelStatus()],
    asked: sending(`200 result=1\n${usage}`),
  },
  {
    comes: 'a line 100 before the reply',
    issue: setVariable,
    asked: sending('100 result=0 Trying...\n200 result=1\n'),
  },
  { comes: 'lines that end in CR LF', issue: setVariable, asked: sending('200 result=1\r\n') },
  {
    comes: 'bytes that are no UTF-8',
    issue: getVariable,
    asked: sending(Buffer.from('200 result=1 (\xff)\n', 'latin1')),
  },
  { comes: 'NUL in a value', issue: getVariable, asked: sending('200 result=1 (a\0b)\n') },
  {
    comes: 'a value with line breaks, parentheses and what looks like HANGUP or a reply',
    issue: getVariable,
    asked: sending('200 result=1 (a) (b\nHANGUP\n200 result=0\nc)\n'),
  },
  {
    comes: 'a value with `)` at the end of an inner line, from another command than GET FULL VARIABLE',
    issue: getVariable,
    asked: sending('200 result=1 (a)\nb)\n'),
  },
  {
    comes: 'a value of GET FULL VARIABLE with anything in it',
    issue: (call) => call.getFullVariable('${X}'),
    asked: ({ send }, line) =>
      send(`200 result=1 (a)\nHANGUP\n200 result=0${/~[0-9a-f]+/.exec(line)?.[0] ?? ''})\n`),
  },
  {
    comes: 'HANGUP before the reply to a command that runs after a hangup too',
    issue: setVariable,
    asked: sending('HANGUP\n200 result=1\n'),
  },
  { comes: 'HANGUP, then 511', issue: streamFile, asked: sending('HANGUP\n511 Dead\n') },
  {
    comes: 'HANGUP a thousand times',
    issue: streamFile,
    asked: sending(`${'HANGUP\n'.repeat(1_000)}511 Dead\n`),
  },
  { comes: 'HANGUP behind the end of the call', asked: sending('HANGUP\n') },
  { comes: 'a line over 65,536 bytes in a call', issue: getVariable, asked: sending('x'.repeat(65_537)) },
  {
    comes: 'a value over 262,144 characters',
    issue: getVariable,
    asked: sending(`200 result=1 (${'x\n'.repeat(140_000)}`),
  },
  {
    comes: 'a usage text without an end',
    issue: getVariable,
    asked: sending(`520-\n${'x\n'.repeat(140_000)}`),
  },
  { comes: 'no reply within `replyTimeoutMs`', issue: setVariable, asked: () => undefined, options: SOON },
  {
    comes: 'HANGUP, then no reply within 5 s',
    issue: async (call) => {
      void once(call.signal, 'abort').then(() => vi.advanceTimersByTime(5_000))
      return call.streamFile('x')
    },
    asked: ({ send }) => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
      send('HANGUP\n')
    },
  },
  {
    comes: 'the end of the connection',
    leaves: true,
    issue: streamFile,
    asked: ({ socket }) => void socket.end(),
  },
  {
    comes: 'a reset of the connection',
    leaves: true,
    issue: streamFile,
    asked: ({ socket }) => void socket.resetAndDestroy(),
  },
]

const fromHandlers: BadInput[] = [
  { comes: 'a line break in an argument', issue: (call) => call.setVariable('X', 'a\nHANGUP') },
  { comes: 'a carriage return in an argument', issue: (call) => call.setVariable('X', 'a\r') },
  { comes: 'NUL in an argument', issue: (call) => call.setVariable('X', 'a\0') },
  { comes: 'a line longer than this Asterisk reads', issue: (call) => call.verbose('x'.repeat(8_200)) },
  { comes: 'a number that is no integer', issue: (call) => call.sayNumber(Number.NaN) },
  { comes: 'a key set with something else in it', issue: (call) => call.streamFile('x', '12x') },
  {
    comes: 'more than 32 commands waiting for their turn',
    issue: async (call) => {
      const accepted = Array.from({ length: 33 }, () => call.noop())
      const oneMore = call.noop()
      await Promise.all(accepted)
      await oneMore
    },
  },
]

const groups = { fromStrangers, fromAsterisk, fromHandlers }
const documentUrl = new URL('../docs/bad-input.md', import.meta.url)
const documented = rowsOf(readFileSync(documentUrl, 'utf8'))

afterEach(() => {
  vi.useRealTimers()
  return closeServed()
})

/** Rows of the document's tables, but their heads. */
function rowsOf(document: string): Map<string, { library: string; dialplan: string }> {
  const rows = new Map<string, { library: string; dialplan: string }>()
  for (const line of document.split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim())
    const [, comes = '', library = '', dialplan = ''] = cells
    const isRow = cells.length === 5 && comes !== 'What comes' && !comes.startsWith('-')
    if (isRow) rows.set(comes, { library, dialplan })
  }
  return rows
}

describe.each(Object.entries(groups))('bad input %s is met as docs/bad-input.md says', (_group, inputs) => {
  it.each(inputs.map((input) => [input.comes, input] as const))('%s', async (comes, input) => {
    expect(await consequenceOf(input)).toEqual(documented.get(comes))
  })
})

describe('docs/bad-input.md', () => {
  it('lists what is tested here, in the same order, and nothing else', () => {
    const tested = Object.values(groups).flatMap((inputs) => inputs.map(({ comes }) => comes))
    expect([...documented.keys()]).toEqual(tested)
    expect(new Set(tested).size).toBe(tested.length)
  })
})
