import type { PcmAudio } from './synthesizer.ts'
import { toTelephonyAudio, type TelephonyRateHz } from './telephony-audio.ts'
import { serveThread } from './thread-server.ts'

// The entry of the thread in which speech is made fit for a phone call.
serveThread(({ audio, sampleRateHz }: { audio: PcmAudio; sampleRateHz: TelephonyRateHz }): PcmAudio =>
  toTelephonyAudio(audio, { sampleRateHz }),
)
