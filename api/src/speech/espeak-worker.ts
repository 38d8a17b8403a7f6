import { createEspeakVoice, type EspeakJob } from './espeak-voice.ts'
import type { PcmAudio } from './synthesizer.ts'
import { serveThread } from './thread-server.ts'

// The entry of the thread in which eSpeak NG runs. Its program makes each folder of each of its files anew and throws
// where one is there already: without the stack traces of those errors a text takes half the time.
Error.stackTraceLimit = 0

const speakPromise = createEspeakVoice()

serveThread(async (job: EspeakJob): Promise<PcmAudio> => {
  const speak = await speakPromise
  return speak(job)
})
