import { decodeMp3 } from './mp3.ts'
import type { Mp3Audio, PcmAudio } from './synthesizer.ts'
import { toTelephonyAudio, type TelephonyRateHz } from './telephony-audio.ts'
import { serveThread } from './thread-server.ts'

interface Job {
  audio: PcmAudio | Mp3Audio
  sampleRateHz: TelephonyRateHz
}

// The entry of the thread in which speech is made fit for a phone call.
serveThread(async ({ audio, sampleRateHz }: Job): Promise<PcmAudio> => {
  const pcm = 'mp3' in audio ? await decodeMp3(audio.mp3) : audio
  return toTelephonyAudio(pcm, { sampleRateHz })
})
