import { loadEspeakProgram } from './espeak-program.ts'
import { SpeechInputError, type PcmAudio } from './synthesizer.ts'
import { decodeWav } from './wav.ts'

/** Words a minute. eSpeak's own 175 is hard to follow on a phone line. */
const wordsPerMinute = 150
/** Silence between words, in steps of 10 ms at eSpeak's own rate: words that run into one another are hard to tell apart. */
const wordGap = 2
/** A voice of eSpeak's, with a variant if wanted: `pt-br`, `pt-br+f2`. */
const voicePattern = /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}(\+[A-Za-z0-9]{1,16})?$/

/** How the voice speaks, for the names of files: another value, another sound. */
export const espeakDelivery = `${wordsPerMinute}/${wordGap}`

const soundPath = '/sound.wav'

/** Text as `toEspeakText` makes it, and the voice to speak it. */
export interface EspeakJob {
  espeakText: string
  voice: string
}

/** eSpeak NG as a function from text to sound (22,050 Hz). It occupies its thread while it speaks. */
export async function createEspeakVoice(): Promise<(job: EspeakJob) => Promise<PcmAudio>> {
  const run = await loadEspeakProgram()
  return async ({ espeakText, voice }) => {
    if (!voicePattern.test(voice)) {
      throw new SpeechInputError('not the name of an eSpeak voice')
    }
    const delivery = ['-s', String(wordsPerMinute), '-g', String(wordGap)]
    const { files, complaints } = await run(espeakText, ['-v', voice, ...delivery, '-w', soundPath])
    if (!files.analyzePath(soundPath).exists) {
      throw new SpeechInputError(`eSpeak made no sound: ${complaints[0] ?? 'no reason given'}`)
    }
    return decodeWav(files.readFile(soundPath))
  }
}
