import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AgiProtocolError } from './errors.ts'
import { LineReader } from './line-reader.ts'
import { type ReplyEvent, ReplyReader } from './reply.ts'

interface Piece {
  /** What the command in flight may answer; see {@link ReplyReader.expect}. */
  valueEnd: string | null
  text: string
}

/** Everything that comes out of a stream of replies, cut at the given places. */
function read(pieces: readonly Piece[], chunksOf: (bytes: Buffer) => Buffer[]): ReplyEvent[] {
  const replies = new ReplyReader()
  const ends = pieces.map(({ valueEnd }) => valueEnd)
  const events: ReplyEvent[] = []
  const lines = new LineReader(64 * 1024, {
    receiveLine: (line) => {
      const event = replies.push(line)
      if (event === null) return
      events.push(event)
      if (event !== 'hangup') replies.expect(ends.shift() ?? null)
    },
  })
  replies.expect(ends.shift() ?? null)
  for (const chunk of chunksOf(Buffer.from(pieces.map(({ text }) => text).join('')))) lines.push(chunk)
  return events
}

function byteByByte(bytes: Buffer): Buffer[] {
  return Array.from(bytes, (byte) => Buffer.of(byte))
}

function readOne(text: string, valueEnd: string | null = null): ReplyEvent[] {
  return read([{ valueEnd, text }], byteByByte)
}

function reply(
  status: number,
  result = '',
  rest: { value?: string; tail?: string; endpos?: number } = {},
): ReplyEvent {
  return {
    status,
    result,
    value: rest.value ?? null,
    tail: rest.tail ?? (rest.endpos === undefined ? '' : `endpos=${rest.endpos}`),
    endpos: rest.endpos ?? null,
  }
}

describe('replies, byte by byte', () => {
  it.each([
    ['200 result=0\n', reply(200, '0')],
    ['200 result=-1 endpos=235200\n', reply(200, '-1', { endpos: 235_200 })],
    ['200 result=0123\n', reply(200, '0123')],
    ['200 result=\n', reply(200, '')],
    ['200 result= (timeout)\n', reply(200, '', { value: 'timeout' })],
    ['200 result=12 (timeout)\n', reply(200, '12', { value: 'timeout' })],
    ['200 result=35 (dtmf) endpos=99\n', reply(200, '35', { value: 'dtmf', endpos: 99 })],
    ['200 result=-1 (writefile)\n', reply(200, '-1', { value: 'writefile' })],
    ['200 result=0\r\n', reply(200, '0')],
    ['100 result=0 Trying...\n200 result=0 Gosub complete\n', reply(200, '0', { tail: 'Gosub complete' })],
    ['503 result=-2 Memory allocation failure\n', reply(503)],
    ['510 Invalid or unknown command\n', reply(510)],
    ['511 Command Not Permitted on a dead channel or intercept routine\n', reply(511)],
    ['520 Invalid command syntax.  Proper usage not available.\n', reply(520)],
    [
      '520-Invalid command syntax.  Proper usage follows:\nUsage: X\n\n520 End of proper usage.\n',
      reply(520),
    ],
  ])('%j', (text, expected) => {
    expect(readOne(text)).toEqual([expected])
  })

  it('finds HANGUP before, between and after replies, but not in a usage text', () => {
    const text = 'HANGUP\n520-Usage\nHANGUP\n520 End of proper usage.\nHANGUP\n'
    expect(readOne(text)).toEqual(['hangup', reply(520), 'hangup'])
  })

  it.each(['a)b', 'two\nlines', '(x)\ny', 'HANGUP\n200 result=1\n', 'a)\nb)', ''])(
    'reads the value %j whole, up to its mark',
    (value) => {
      expect(readOne(`200 result=1 (${value}~mark)\nHANGUP\n`, '~mark)')).toEqual([
        reply(200, '1', { value: `${value}~mark` }),
        'hangup',
      ])
    },
  )

  it('reads a plain value over several lines, up to the first that ends in a parenthesis', () => {
    expect(readOne('200 result=1 (a) b\nc)\n', ')')).toEqual([reply(200, '1', { value: 'a) b\nc' })])
  })

  it('passes over what is left of a value that held a parenthesis at the end of an inner line', () => {
    const events = read(
      [
        { valueEnd: ')', text: '200 result=1 (a)\nb)\n' },
        { valueEnd: null, text: '200 result=0\n' },
      ],
      byteByByte,
    )
    expect(events).toEqual([reply(200, '1', { value: 'a' }), reply(200, '0')])
  })

  it.each(['nonsense\n', '200 OK\n', '\n', '20 result=0\n'])('refuses %j', (text) => {
    expect(() => readOne(text)).toThrow(AgiProtocolError)
  })

  it('bounds a value without end', () => {
    const line = `${'x'.repeat(60_000)}\n`
    expect(() =>
      read([{ valueEnd: ')', text: `200 result=1 (\n${line.repeat(5)}` }], (bytes) => [bytes]),
    ).toThrow(AgiProtocolError)
  })

  it('bounds a line without end, before it is complete', () => {
    const taken: string[] = []
    const lines = new LineReader(100, { receiveLine: (line) => void taken.push(line) })
    lines.push(Buffer.from(`whole\n${'x'.repeat(60)}`))
    expect(() => lines.push(Buffer.alloc(60, 'x'))).toThrow(AgiProtocolError)
    expect(taken).toEqual(['whole'])
  })

  it('keeps a line that comes byte by byte in little more memory than its length', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    const bytesHeld = (): number => {
      collectGarbage()
      const { heapUsed, external } = process.memoryUsage()
      return heapUsed + external
    }
    const taken: string[] = []
    const lines = new LineReader(64 * 1024, { receiveLine: (line) => void taken.push(line) })
    const before = bytesHeld()
    for (let count = 0; count < 60_000; count += 1) lines.push(Buffer.alloc(1, 'x'))
    // A buffer kept for each byte would be 12,000,000; what is garbage goes by and by.
    await expect.poll(() => bytesHeld() - before).toBeLessThan(3_000_000)
    lines.push(Buffer.from('\n'))
    expect(taken).toEqual(['x'.repeat(60_000)])
  })

  it('bounds each line for itself, however many come in pieces', () => {
    const taken: string[] = []
    const lines = new LineReader(100, { receiveLine: (line) => void taken.push(line) })
    for (let count = 0; count < 10; count += 1) {
      lines.push(Buffer.alloc(60, 'x'))
      lines.push(Buffer.from('y\n'))
    }
    expect(taken).toEqual(Array.from({ length: 10 }, () => `${'x'.repeat(60)}y`))
  })
})

const plain = fc.constantFrom(
  '200 result=0\n',
  '200 result=-1 endpos=0\n',
  '200 result=0123 (timeout)\n',
  '100 result=0 Trying...\n200 result=0 Gosub complete\n',
  '510 Invalid or unknown command\n',
  '520-Invalid command syntax.  Proper usage follows:\nUsage: EXEC (x)\n520 End of proper usage.\n',
)
const value = fc
  .array(fc.constantFrom('a', ')', '(', '\n', 'é', '😀', 'HANGUP\n', '200 result=1'), { maxLength: 12 })
  .map((parts) => ({ valueEnd: '~mark)', text: `200 result=1 (${parts.join('')}~mark)\n` }))
const piece: fc.Arbitrary<Piece> = fc.oneof(
  plain.map((text) => ({ valueEnd: null, text })),
  value,
  fc.constant({ valueEnd: null, text: 'HANGUP\n200 result=1\n' }),
)

describe('any chunking of a valid stream', () => {
  it('gives the same replies as the whole stream at once', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat({ max: 500 }), { maxLength: 30 }),
        (pieces, cuts) => {
          const chunked = read(pieces, (bytes) => {
            const places = [0, ...cuts.filter((cut) => cut < bytes.length), bytes.length]
            places.sort((one, other) => one - other)
            return places.slice(1).map((end, index) => bytes.subarray(places[index], end))
          })
          expect(chunked).toEqual(read(pieces, (bytes) => [bytes]))
          expect(chunked.filter((event) => event !== 'hangup')).toHaveLength(pieces.length)
        },
      ),
      { numRuns: 2_000, seed: 20_260_101 },
    )
  })
})
