import { createEspeakVoice } from '@ura/api/speech/espeak-voice'
import { toEspeakText } from '@ura/api/speech/espeak-text'
import { brazilianLexicon } from '@ura/api/speech/pronunciation-lexicon'
import { createResampler } from '@ura/api/speech/resample'
import { toFloatSamples, toInt16Samples } from '@ura/api/speech/samples'
import type { PollyRequest } from './fake-polly.ts'

/**
 * Real speech for a fake Polly: the embedded voice as samples of the asked rate, at another level than its own, so that
 * who levels sound has something to do.
 *
 * @param levelDb how much louder than the embedded voice, below 0 quieter; held at full scale
 */
export async function embeddedSpeech(levelDb: number): Promise<(request: PollyRequest) => Promise<Buffer>> {
  const speak = await createEspeakVoice()
  const gain = 10 ** (levelDb / 20)
  return async ({ Text: text, SampleRate: rate = '16000' }) => {
    const espeakText = toEspeakText(text, brazilianLexicon())
    const { samples, sampleRateHz } = await speak({ espeakText, voice: 'pt-br' })
    const convert = createResampler({ fromHz: sampleRateHz, toHz: Number(rate) })
    const louder = convert(toFloatSamples(samples)).map((sample) => sample * gain)
    return Buffer.from(toInt16Samples(louder).buffer)
  }
}
