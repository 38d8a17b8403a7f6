import { Worker } from 'node:worker_threads'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  breakerOpenMs,
  createSpeechProduction,
  type SpeechProduction,
  triesBudgetMs,
} from './speech-production.ts'
import { createFakeSynthesizer, createFinisher } from './speech-test-doubles.ts'
import {
  SpeechBusyError,
  SpeechInputError,
  SpeechUnavailableError,
  type PcmAudio,
  type Synthesizer,
} from './synthesizer.ts'
import { ThreadQueue } from './thread-queue.ts'

/** Answers every text with a beep, but never comes to an end with the text `stuck`. */
const program = `
const { parentPort } = require('node:worker_threads')
parentPort.on('message', ({ id, job }) => {
  if (job === 'stuck') for (;;);
  parentPort.postMessage({ id, result: { sampleRateHz: 8000, samples: new Int16Array(8) } })
})`

const productions: SpeechProduction[] = []

let logged: string[] = []

function createProduction(synthesizer: Synthesizer, finisher = createFinisher()): SpeechProduction {
  const production = createSpeechProduction({
    synthesizer,
    finisher,
    voice: 'pt-br',
    log: pino({}, { write: (line: string) => logged.push(line) }),
  })
  productions.push(production)
  return production
}

function createThreadSynthesizer(options: { waitMaxMs: number; waitingMax: number }): Synthesizer {
  const queue = new ThreadQueue<string, PcmAudio>({
    name: 'test',
    startWorker: () => new Worker(program, { eval: true }),
    jobTimeoutMs: 60_000,
    ...options,
  })
  return {
    name: 'test',
    synthesize: ({ text }, signal) => queue.run(text, signal),
    close: () => queue.close(),
  }
}

/** What became of texts that were asked for at once: how many have sound, how many were refused as busy. */
async function burst(production: SpeechProduction, length: number) {
  const texts = Array.from({ length }, (_, index) => production.produce(`protocolo ${index}`))
  const outcomes = await Promise.allSettled(texts)
  return {
    spoken: outcomes.filter(({ status }) => status === 'fulfilled').length,
    busy: outcomes.filter((one) => one.status === 'rejected' && one.reason instanceof SpeechBusyError).length,
  }
}

beforeEach(() => {
  logged = []
})

afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(productions.splice(0).map(async (production) => production.close()))
})

describe('a burst of texts', () => {
  it('beyond what may wait is refused without opening the breaker', async () => {
    const production = createProduction(createThreadSynthesizer({ waitMaxMs: 60_000, waitingMax: 9 }))
    expect(await burst(production, 200)).toEqual({ spoken: 10, busy: 190 })
    expect(production.breaker()).toBe('closed')
    expect(await burst(production, 1)).toEqual({ spoken: 1, busy: 0 })
  })

  it('behind a text that takes long is refused without opening the breaker', async () => {
    const production = createProduction(createThreadSynthesizer({ waitMaxMs: 30, waitingMax: 256 }))
    const stuck = production.produce('stuck').catch((error: unknown) => error)
    expect(await burst(production, 200)).toEqual({ spoken: 0, busy: 200 })
    expect(production.breaker()).toBe('closed')
    await production.close()
    expect(await stuck).toMatchObject({ retryable: false })
  })
})

const fails = (retryable: boolean) => async () => {
  throw new SpeechUnavailableError('down', { retryable, reason: 'unreachable' })
}
/** An adapter that gives up after 4 s, as those of the cloud. */
const slow = async (): Promise<never> => {
  await new Promise((resolve) => setTimeout(resolve, 4_000))
  throw new SpeechUnavailableError('no answer', { retryable: true, reason: 'timeout' })
}
const faultOf = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error)

describe('the tries at a text', () => {
  it('are two, between 50 and 250 ms apart', async () => {
    vi.useFakeTimers()
    const synthesizer = createFakeSynthesizer()
    synthesizer.faults.push(fails(true))
    const speaking = createProduction(synthesizer).produce('Ana')
    await vi.advanceTimersByTimeAsync(49)
    expect(synthesizer.requests).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(201)
    expect(synthesizer.requests).toHaveLength(2)
    expect((await speaking).length).toBeGreaterThan(44)
  })

  it('are one where another can not help', async () => {
    const synthesizer = createFakeSynthesizer()
    synthesizer.faults.push(fails(false))
    expect(await faultOf(createProduction(synthesizer).produce('Ana'))).toMatchObject({
      reason: 'unreachable',
    })
    expect(synthesizer.requests).toHaveLength(1)
  })

  it('end within 9 s with an adapter that gives up after 4 s, which leaves 6 s of the 15 s of a step', async () => {
    vi.useFakeTimers()
    const synthesizer = createFakeSynthesizer()
    synthesizer.faults.push(slow, slow)
    const startedAtMs = Date.now()
    const ended = faultOf(createProduction(synthesizer).produce('Ana')).then((error) => ({
      error,
      afterMs: Date.now() - startedAtMs,
    }))
    await vi.advanceTimersByTimeAsync(triesBudgetMs)
    const { error, afterMs } = await ended
    expect(error).toMatchObject({ reason: 'timeout' })
    expect(synthesizer.requests).toHaveLength(2)
    expect(afterMs).toBeGreaterThanOrEqual(8_050)
    expect(afterMs).toBeLessThanOrEqual(8_250)
    expect(triesBudgetMs).toBe(9_000)
  })

  it('are given up after 9 s with an adapter that never answers, and the adapter is told', async () => {
    vi.useFakeTimers()
    const synthesizer = createFakeSynthesizer()
    let isTold = false
    synthesizer.faults.push(async (signal) => {
      signal.addEventListener('abort', () => (isTold = true))
      return new Promise(() => {})
    })
    const ended = faultOf(createProduction(synthesizer).produce('Ana'))
    await vi.advanceTimersByTimeAsync(triesBudgetMs)
    expect(await ended).toMatchObject({ name: 'SpeechUnavailableError', reason: 'timeout' })
    expect(isTold).toBe(true)
  })

  it("are repeated for a sound that is none, and that is the synthesizer's fault, not the text's", async () => {
    const silence = createFinisher(() => {
      throw new SpeechInputError('the synthesized speech is silence')
    })
    const synthesizer = createFakeSynthesizer()
    const production = createProduction(synthesizer, silence)
    expect(await faultOf(production.produce('Ana'))).toMatchObject({ reason: 'no_sound' })
    expect(synthesizer.requests).toHaveLength(2)
    for (let text = 2; text <= 5; text += 1) await faultOf(production.produce('Ana'))
    expect(production.breaker()).toBe('open')
  })
})

describe('the breaker', () => {
  /** A production whose synthesizer failed five times in a row; time stands. */
  async function broken() {
    vi.useFakeTimers({ toFake: ['Date'] })
    const synthesizer = createFakeSynthesizer()
    const production = createProduction(synthesizer)
    synthesizer.faults.push(...Array.from({ length: 5 }, () => fails(false)))
    for (let text = 1; text <= 4; text += 1) await faultOf(production.produce('Ana'))
    expect(production.breaker()).toBe('closed')
    await faultOf(production.produce('Ana'))
    expect(production.breaker()).toBe('open')
    const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds)
    return { synthesizer, production, pass }
  }

  it('opens after five failures in a row: the synthesizer is not asked for 10 s', async () => {
    const { synthesizer, production, pass } = await broken()
    pass(breakerOpenMs - 1)
    expect(await faultOf(production.produce('Ana'))).toMatchObject({ reason: 'breaker_open' })
    expect(synthesizer.requests).toHaveLength(5)
  })

  it('then lets one text through and closes when that goes well', async () => {
    const { synthesizer, production, pass } = await broken()
    pass(breakerOpenMs)
    await production.produce('Ana')
    expect(production.breaker()).toBe('closed')
    synthesizer.faults.push(fails(false))
    await faultOf(production.produce('Ana'))
    expect(production.breaker()).toBe('closed')
  })

  it('stays open for another 10 s when that one fails', async () => {
    const { synthesizer, production, pass } = await broken()
    synthesizer.faults.push(fails(false))
    pass(breakerOpenMs)
    await faultOf(production.produce('Ana'))
    pass(breakerOpenMs - 1)
    expect(await faultOf(production.produce('Ana'))).toMatchObject({ reason: 'breaker_open' })
    expect(synthesizer.requests).toHaveLength(6)
  })

  it('does not open for failures with a success between them', async () => {
    const synthesizer = createFakeSynthesizer()
    const production = createProduction(synthesizer)
    synthesizer.faults.push(fails(false), fails(false), fails(false), fails(false))
    for (let text = 1; text <= 4; text += 1) await faultOf(production.produce('Ana'))
    await production.produce('Ana')
    synthesizer.faults.push(fails(false))
    await faultOf(production.produce('Ana'))
    expect(production.breaker()).toBe('closed')
  })

  it('is told in one line when it opens and one when it closes, whatever fails between them', async () => {
    const { synthesizer, production, pass } = await broken()
    for (let trial = 1; trial <= 3; trial += 1) {
      synthesizer.faults.push(fails(false))
      pass(breakerOpenMs)
      await faultOf(production.produce('Ana'))
    }
    pass(breakerOpenMs)
    await production.produce('Ana')
    const told = logged.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(told).toMatchObject([
      {
        level: 40,
        reason: 'unreachable',
        msg: 'synthesizer keeps failing and is left alone',
      },
      { level: 30, msg: 'synthesizer speaks again' },
    ])
  })
})

describe('closing', () => {
  it('ends the pause between two tries, and there is no second', async () => {
    const synthesizer = createFakeSynthesizer()
    synthesizer.faults.push(fails(true))
    const production = createProduction(synthesizer)
    const pending = faultOf(production.produce('Ana'))
    await new Promise(setImmediate)
    await production.close()
    expect(await pending).toMatchObject({ reason: 'closed' })
    await new Promise((resolve) => setTimeout(resolve, 260))
    expect(synthesizer.requests).toHaveLength(1)
  })

  it('ends what is pending, even with a synthesizer that heeds no signal, and everything after', async () => {
    const synthesizer = createFakeSynthesizer()
    synthesizer.faults.push(async () => new Promise(() => {}))
    const production = createProduction(synthesizer)
    const pending = production.produce('Ana').catch((error: unknown) => error)
    await production.close()
    expect(await pending).toMatchObject({ name: 'SpeechUnavailableError', retryable: false })
    await expect(production.produce('Bia')).rejects.toThrow('closed')
    expect(synthesizer.requests).toHaveLength(1)
  })
})
