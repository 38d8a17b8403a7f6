import { createSpeechService } from '@ura/api/speech/speech-service'
import type { Clock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { decodeWav } from '@ura/api/speech/wav'
import { toneSynthesizer } from '../support/tone-synthesizer.ts'

/** What one of several instances is asked to do with the folder that they share. */
export type CacheTask =
  | { do: 'speak'; text: string }
  /** Speaks, fetches what it was given, and sweeps, over and over. */
  | { do: 'load'; rounds: number; texts: number }
  /** Writes long sounds until it is killed. */
  | { do: 'write' }

export interface CacheReport {
  audioName: string | null
  synthesized: number
  /** Sounds whose address was given out and that were then not there, or not theirs. */
  wrong: number
}

const [folder = '', startedAt = '', speed = '1', bytesMax = '0'] = process.argv.slice(2)

/** A clock that runs faster than the world's, alike in all instances. */
const startMs = Number(startedAt)
const clock: Clock = { now: () => new Date(startMs + (Date.now() - startMs) * Number(speed)) }

const speech = createSpeechService({
  folder,
  synthesizer: toneSynthesizer(),
  secret: 'secret of the instances',
  clock,
  log: createLogger({ service: 'test', level: 'warn' }),
  voice: 'tone',
  sampleRateHz: 8_000,
  maxBytes: Number(bytesMax),
  personalDays: 30,
})

async function speakAndFetch(text: string): Promise<boolean> {
  const spoken = await speech.speak({ text, kind: 'general' })
  const file = spoken === null ? null : await speech.open(spoken.audioName)
  return file !== null && decodeWav(file.bytes).comment === text
}

async function load(rounds: number, texts: number): Promise<number> {
  let wrong = 0
  for (let round = 0; round < rounds; round += 1) {
    const text = `Frase ${Math.floor(Math.random() * texts)}`
    const [isRight] = await Promise.all([speakAndFetch(text), ...(round % 5 === 0 ? [speech.sweep()] : [])])
    wrong += Number(!isRight)
  }
  return wrong
}

async function perform(task: CacheTask): Promise<CacheReport> {
  let audioName: string | null = null
  let wrong = 0
  if (task.do === 'speak') {
    audioName = (await speech.speak({ text: task.text, kind: 'general' }))?.audioName ?? null
  } else if (task.do === 'load') {
    wrong = await load(task.rounds, task.texts)
  } else {
    for (let text = 0; ; text += 1) {
      await speech.speak({ text: `${process.pid}, ${text}: ${'longa '.repeat(450)}`, kind: 'general' })
    }
  }
  return { audioName, wrong, synthesized: speech.stats().synthesized }
}

process.on('message', (task: CacheTask) => void perform(task).then((report) => process.send?.(report)))
process.on('disconnect', () => process.exit(0))
