import { MPEGDecoder } from 'mpg123-decoder'
import { endsWithinFrame } from './mp3-frames.ts'
import { toInt16Samples } from './samples.ts'
import { SpeechInputError, type PcmAudio } from './synthesizer.ts'

/**
 * The sound of an MP3, channels mixed into one, at its own rate. It occupies its thread while it decodes: some 0.3 s
 * for three minutes of speech.
 *
 * @throws SpeechInputError when there is no sound in the bytes, or not all of it
 */
export async function decodeMp3(bytes: Uint8Array): Promise<PcmAudio> {
  if (endsWithinFrame(bytes)) {
    throw new SpeechInputError('the MP3 is cut off')
  }
  const decoder = new MPEGDecoder()
  await decoder.ready
  try {
    const { channelData, sampleRate, samplesDecoded } = decoder.decode(bytes)
    if (samplesDecoded === 0 || sampleRate === 0) {
      throw new SpeechInputError('no MP3, or one without sound')
    }
    return { sampleRateHz: sampleRate, samples: toInt16Samples(mix(channelData)) }
  } finally {
    decoder.free()
  }
}

function mix(channels: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(), ...others] = channels
  return first.map(
    (sample, index) => others.reduce((sum, channel) => sum + (channel[index] ?? 0), sample) / channels.length,
  )
}
