import { createEspeakVoice } from './espeak-voice.ts'
import type { PcmAudio, SynthesisRequest } from './synthesizer.ts'
import { serveThread } from './thread-server.ts'

// The entry of the thread in which eSpeak NG runs.
const speakPromise = createEspeakVoice()

serveThread(async (request: SynthesisRequest): Promise<PcmAudio> => {
  const speak = await speakPromise
  return speak(request)
})
