import { readFile } from 'node:fs/promises'
import espeakNg from 'espeak-ng'
import { toEspeakText } from './espeak-text.ts'
import { SpeechInputError, type PcmAudio, type SynthesisRequest } from './synthesizer.ts'
import { decodeWav } from './wav.ts'

/** Words a minute. eSpeak's own 175 is hard to follow on a phone line. */
const wordsPerMinute = 150
/** A voice of eSpeak's, with a variant if wanted: `pt-br`, `pt-br+f2`. */
const voicePattern = /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}(\+[A-Za-z0-9]{1,16})?$/

const textPath = '/text'
const soundPath = '/sound.wav'

/**
 * eSpeak NG as a function from text to sound (22,050 Hz). It occupies its thread while it speaks.
 *
 * The program is compiled once and runs in a fresh memory for every text: no text leaves a trace for the next, and
 * one that brings it down harms nothing else.
 */
export async function createEspeakVoice(): Promise<(request: SynthesisRequest) => Promise<PcmAudio>> {
  const program = new URL('espeak-ng.wasm', import.meta.resolve('espeak-ng'))
  const compiled = await WebAssembly.compile(await readFile(program))
  return async ({ text, voice }) => {
    if (!voicePattern.test(voice)) {
      throw new SpeechInputError('not the name of an eSpeak voice')
    }
    const complaints: string[] = []
    const { FS: files } = await espeakNg({
      // The text comes from a file: as an argument it could be taken for an option.
      arguments: ['-v', voice, '-s', String(wordsPerMinute), '-b', '1', '-f', textPath, '-w', soundPath],
      preRun: [(module) => module.FS.writeFile(textPath, toEspeakText(text))],
      print: () => {},
      printErr: (line) => complaints.push(line),
      instantiateWasm: (imports, receive) => receive(new WebAssembly.Instance(compiled, imports)),
    })
    if (!files.analyzePath(soundPath).exists) {
      throw new SpeechInputError(`eSpeak made no sound: ${complaints[0] ?? 'no reason given'}`)
    }
    return decodeWav(files.readFile(soundPath))
  }
}
