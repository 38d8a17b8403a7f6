import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { createSpeechProduction, type SpeechProduction } from './speech-production.ts'
import { createFakeClock, createFakeSynthesizer, createFinisher } from './speech-test-doubles.ts'
import { SpeechBusyError, type PcmAudio, type Synthesizer } from './synthesizer.ts'
import { ThreadQueue } from './thread-queue.ts'

/** Answers every text with a beep, but never comes to an end with the text `stuck`. */
const program = `
const { parentPort } = require('node:worker_threads')
parentPort.on('message', ({ id, job }) => {
  if (job === 'stuck') for (;;);
  parentPort.postMessage({ id, result: { sampleRateHz: 8000, samples: new Int16Array(8) } })
})`

const productions: SpeechProduction[] = []

function createProduction(synthesizer: Synthesizer): SpeechProduction {
  const production = createSpeechProduction({
    synthesizer,
    finisher: createFinisher(),
    voice: 'pt-br',
    clock: createFakeClock(),
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

afterEach(async () => {
  await Promise.all(productions.splice(0).map(async (production) => production.close()))
})

describe('a burst of texts', () => {
  it('beyond what may wait is refused without opening the breaker', async () => {
    const production = createProduction(createThreadSynthesizer({ waitMaxMs: 60_000, waitingMax: 9 }))
    expect(await burst(production, 200)).toEqual({ spoken: 10, busy: 190 })
    expect(production.isBreakerOpen()).toBe(false)
    expect(await burst(production, 1)).toEqual({ spoken: 1, busy: 0 })
  })

  it('behind a text that takes long is refused without opening the breaker', async () => {
    const production = createProduction(createThreadSynthesizer({ waitMaxMs: 30, waitingMax: 256 }))
    const stuck = production.produce('stuck').catch((error: unknown) => error)
    expect(await burst(production, 200)).toEqual({ spoken: 0, busy: 200 })
    expect(production.isBreakerOpen()).toBe(false)
    await production.close()
    expect(await stuck).toMatchObject({ retryable: false })
  })
})

describe('closing', () => {
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
