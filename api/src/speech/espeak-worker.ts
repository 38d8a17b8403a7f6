import { createEspeakVoice, type EspeakJob } from './espeak-voice.ts'
import type { PcmAudio } from './synthesizer.ts'
import { serveThread } from './thread-server.ts'

// The entry of the thread in which eSpeak NG runs.
const speakPromise = createEspeakVoice()

serveThread(async (job: EspeakJob): Promise<PcmAudio> => {
  const speak = await speakPromise
  return speak(job)
})
