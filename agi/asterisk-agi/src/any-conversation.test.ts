import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { AgiConnectionLostError } from './errors.ts'
import { chunkSizes } from './testing/chunks.ts'
import { COMMAND_VERBS } from './testing/command-table.ts'
import { ModelledPeer, outcomesOf, REFUSALS, type Step } from './testing/modelled-peer.ts'
import { type Outcome, outcomeOf, REPLY_FORMS } from './testing/reply-forms.ts'
import { openCall } from './testing/scripted-exchange.ts'

const RUNS = 50_000
const FIRST_TOKEN = 1_000
const SEED = 20_261_122

/** What a value may hold. A `)` at the end of an inner line is left out: GET VARIABLE can't tell it from the end. */
const parts = [
  'a',
  ' ',
  ')',
  '(',
  '\n',
  '\r',
  'é',
  '😀',
  '\0',
  '\\',
  '"',
  'HANGUP\n',
  '200 result=1',
  '520 End',
]
const text = fc
  .array(fc.constantFrom(...parts), { maxLength: 10 })
  .map((all) => all.join('').replaceAll(/\)(?=\r?\n)/g, ').'))

/** Those whose replies go over several lines have the most to be mixed up in. */
const longForms = REPLY_FORMS.filter(({ reply }) => /[(\n]/.test(reply({ token: 0, text: '', line: '' })))
const anyForm = fc.oneof(fc.constantFrom(...REPLY_FORMS), fc.constantFrom(...longForms))

/** `usual`, but for one time in so many. */
function seldom<Usual, Other>(
  usual: Usual,
  other: fc.Arbitrary<Other>,
  times: number,
): fc.Arbitrary<Usual | Other> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other })
}

const step = fc.record({
  form: anyForm,
  text,
  refusal: seldom(null, fc.constantFrom(...Object.keys(REFUSALS)), 12),
  trying: seldom(false, fc.constant(true), 12),
  hangup: seldom('no' as const, fc.constantFrom('before', 'after', 'silently-before', 'silently-after'), 30),
})

const plan = fc
  .array(step, { minLength: 1, maxLength: 8 })
  .map((steps) => steps.map<Step>((one, index) => ({ ...one, token: FIRST_TOKEN + index })))

/** Lets everything run that waits for nothing from outside. */
function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}

/** Plays a plan against the library; gives what each command came to, and whatever it should have left behind. */
async function play(steps: readonly Step[], options: { sizes: readonly number[]; atOnce: boolean }) {
  const peer = new ModelledPeer(steps)
  let unsent = Buffer.alloc(0)
  let written = 0
  const { call, exchange, reports, receive } = openCall((line) => {
    written += 1
    unsent = Buffer.concat([unsent, Buffer.from(peer.answer(line.slice(0, -1)))])
  })
  const outcomes: Outcome[] = []
  const handler = async (): Promise<void> => {
    if (options.atOnce) {
      outcomes.push(
        ...(await Promise.all(steps.map(({ form, token }) => outcomeOf(form.issue(call, token))))),
      )
    } else {
      for (const { form, token } of steps) outcomes.push(await outcomeOf(form.issue(call, token)))
    }
  }
  const handled = handler()
  await settled()
  for (let count = 0; unsent.length > 0; count += 1) {
    const size = options.sizes[count % options.sizes.length] ?? 1
    const chunk = unsent.subarray(0, size)
    unsent = unsent.subarray(size)
    receive(chunk)
    await settled()
  }
  const beforeEnd = { settled: outcomes.length, timers: vi.getTimerCount() }
  exchange.close(new AgiConnectionLostError('The stream is over'))
  await handled
  return { outcomes, beforeEnd, written, reported: reports.length }
}

beforeAll(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterAll(() => void vi.useRealTimers())

describe('any conversation with Asterisk, cut into any chunks', () => {
  it('is made of every command of Asterisk 22', () => {
    expect(new Set(REPLY_FORMS.map(({ verb }) => verb))).toEqual(new Set(COMMAND_VERBS))
  })

  it(
    `gives each command its own reply and leaves no timer behind: ${RUNS} conversations`,
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(plan, chunkSizes, fc.boolean(), async (steps, sizes, atOnce) => {
          const { outcomes, beforeEnd, written, reported } = await play(steps, { sizes, atOnce })
          expect(outcomes).toEqual(outcomesOf(steps))
          expect(beforeEnd.settled).toBe(steps.length)
          // At most the one of the call, which finds nothing due when it wakes.
          expect(beforeEnd.timers).toBeLessThanOrEqual(1)
          expect(reported).toBe(written)
          expect(vi.getTimerCount()).toBe(0)
        }),
        { numRuns: RUNS, seed: SEED },
      )
    },
  )
})
