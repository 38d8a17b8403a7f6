import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type AgiEnvironment, EnvironmentReader } from './environment.ts'
import { AgiConnectionLostError, AgiProtocolError } from './errors.ts'
import { LineReader } from './line-reader.ts'
import { chunksOf, chunkSizes } from './testing/chunks.ts'
import { REFUSALS } from './testing/modelled-peer.ts'
import { type Outcome, outcomeOf, REPLY_FORMS, type ReplyForm } from './testing/reply-forms.ts'
import { openCall } from './testing/scripted-exchange.ts'

const REPLY_RUNS = 40_000
const CHUNKING_RUNS = 15_000
const ENVIRONMENT_RUNS = 15_000
const SEED = 20_261_122
const LINE_BYTES_MAX = 64 * 1024

const reply = fc
  .tuple(fc.constantFrom(...REPLY_FORMS), fc.nat({ max: 9_999 }))
  .map(([form, token]) => `${form.reply({ token, text: 'x', line: '' })}\n`)
const line = fc.constantFrom(
  ...Object.keys(REFUSALS).map((refusal) => `${refusal}\n`),
  'HANGUP\n',
  'HANGUP\r\n',
  '\n',
  '200 OK\n',
  '200 result=\n',
  '200 result=99999999999999999999\n',
  '200 result=-1\n',
  '200 result=1 (never closed\n',
  '100 result=0 Trying...\n',
  '520-Usage without an end\n',
  '200-result=0\n',
  '999 result=0\n',
  'GET / HTTP/1.1\r\n\r\n',
)
const garbage = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes))
const flood = fc.constantFrom('x', '\n', 'HANGUP\n', '200 result=1 (', '100 \n').map((one) => one.repeat(500))
const overlong = fc.constantFrom('x'.repeat(LINE_BYTES_MAX + 1), 'y\n'.repeat(140_000))

/** What no Asterisk sends, mixed with what one does; the last piece may be cut short. */
const stream = fc
  .tuple(
    fc.array(
      fc.oneof(
        { weight: 200, arbitrary: reply },
        { weight: 100, arbitrary: line },
        { weight: 60, arbitrary: garbage },
        { weight: 20, arbitrary: flood },
        { weight: 1, arbitrary: overlong },
      ),
      { minLength: 1, maxLength: 8 },
    ),
    fc.nat({ max: 6 }),
  )
  .map(([pieces, missing]) => {
    const bytes = Buffer.concat(pieces.map((piece) => Buffer.from(piece)))
    return bytes.subarray(0, Math.max(0, bytes.length - missing))
  })

/** Plays a stream against commands issued beforehand; a fault of the stream ends the connection, as in a session. */
async function play(
  forms: readonly ReplyForm[],
  bytes: Buffer,
  options: { sizes: readonly number[]; inTurns: boolean },
): Promise<{ outcomes: Outcome[]; written: number; reported: number; fault: string | null }> {
  let written = 0
  const { call, exchange, reports, receive } = openCall(() => {
    written += 1
  })
  const outcomes = Promise.all(forms.map(({ issue }, index) => outcomeOf(issue(call, 1_000 + index))))
  let fault: AgiProtocolError | null = null
  for (const chunk of chunksOf(bytes, options.sizes)) {
    try {
      receive(chunk)
    } catch (error) {
      if (!(error instanceof AgiProtocolError)) throw error
      fault = error
      exchange.close(error)
      break
    }
    if (options.inTurns) await new Promise<void>((resolve) => void setImmediate(resolve))
  }
  exchange.close(new AgiConnectionLostError('The stream is over'))
  return { outcomes: await outcomes, written, reported: reports.length, fault: fault?.message ?? null }
}

function readEnvironment(bytes: Buffer, sizes: readonly number[]): unknown {
  const reader = new EnvironmentReader()
  let found: AgiEnvironment | null = null
  const lines = new LineReader(LINE_BYTES_MAX, {
    receiveLine: (one) => {
      found ??= reader.push(one)
    },
  })
  const environment = (): AgiEnvironment | null => found
  try {
    for (const chunk of chunksOf(bytes, sizes)) {
      lines.push(chunk)
      const whole = environment()
      if (whole !== null) return Object.fromEntries(whole.raw)
    }
    return 'unfinished'
  } catch (error) {
    if (!(error instanceof AgiProtocolError)) throw error
    return error.message
  }
}

beforeAll(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterAll(() => void vi.useRealTimers())

describe('any bytes in place of replies', () => {
  const anyForms = fc.array(fc.constantFrom(...REPLY_FORMS), { maxLength: 8 })

  it(
    `settle every command with a result or an AgiError and leave no timer behind: ${REPLY_RUNS} streams`,
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(anyForms, stream, chunkSizes, async (forms, bytes, sizes) => {
          const { outcomes, written, reported } = await play(forms, bytes, { sizes, inTurns: true })
          expect(outcomes).toHaveLength(forms.length)
          expect(reported).toBe(written)
          expect(vi.getTimerCount()).toBe(0)
        }),
        { numRuns: REPLY_RUNS, seed: SEED },
      )
    },
  )

  // A question behind a -1 is written when the rest of the segment is read: for the others, segments mean nothing.
  const asking = new Set(REPLY_FORMS.filter(({ asks }) => asks).map(({ verb }) => verb))
  const plainForms = fc.array(fc.constantFrom(...REPLY_FORMS.filter(({ verb }) => !asking.has(verb))), {
    maxLength: 8,
  })

  it(`come to the same however they are cut: ${CHUNKING_RUNS} streams`, { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(plainForms, stream, chunkSizes, async (forms, bytes, sizes) => {
        const cut = await play(forms, bytes, { sizes, inTurns: false })
        expect(cut).toEqual(await play(forms, bytes, { sizes: [bytes.length + 1], inTurns: false }))
      }),
      { numRuns: CHUNKING_RUNS, seed: SEED },
    )
  })
})

describe('any bytes in place of an environment', () => {
  const pair = fc
    .tuple(fc.constantFrom('agi_request', 'agi_channel', 'agi_priority', 'agi_arg_1', 'agi_x'), fc.string())
    .map(([name, value]) => `${name}: ${value}\n`)
  const whole = fc.constant(
    ['agi_request: x', 'agi_channel: x', 'agi_uniqueid: 1.0', 'agi_context: x', 'agi_extension: s']
      .concat('agi_priority: 1', 'agi_arg_1: a: b', '', '')
      .join('\n'),
  )
  const pieces = fc.oneof(
    { weight: 9, arbitrary: pair },
    { weight: 9, arbitrary: whole },
    { weight: 3, arbitrary: line },
    { weight: 3, arbitrary: garbage },
    { weight: 1, arbitrary: flood },
  )

  it(
    `are an environment or an AgiProtocolError, the same however they are cut: ${ENVIRONMENT_RUNS} streams`,
    { timeout: 120_000 },
    () => {
      fc.assert(
        fc.property(fc.array(pieces, { maxLength: 8 }), chunkSizes, (all, sizes) => {
          const bytes = Buffer.concat(all.map((piece) => Buffer.from(piece)))
          expect(readEnvironment(bytes, sizes)).toEqual(readEnvironment(bytes, [bytes.length + 1]))
        }),
        { numRuns: ENVIRONMENT_RUNS, seed: SEED },
      )
    },
  )
})
