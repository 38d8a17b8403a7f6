import { loadEspeakProgram } from './espeak-program.ts'

/** A text as `toEspeakText` makes it, to what is said in it: IPA, a line for each clause. */
export type EspeakPhonemes = (espeakText: string) => Promise<string[]>

/**
 * eSpeak's Brazilian voice without a sound: what it says, for who looks after the pronunciation. It occupies its
 * thread meanwhile.
 */
export async function createEspeakPhonemes(): Promise<EspeakPhonemes> {
  const run = await loadEspeakProgram()
  return async (espeakText) => {
    const { printed } = await run(espeakText, ['-v', 'pt-br', '-q', '--ipa'])
    return printed.map((line) => line.trim().normalize('NFC')).filter((line) => line !== '')
  }
}
