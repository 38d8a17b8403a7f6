import { createHmac } from 'node:crypto'
import type { Shelf } from './audio-files.ts'
import type { Synthesizer } from './synthesizer.ts'
import { telephonyAudioVersion, type TelephonyRateHz, wavExtension } from './telephony-audio.ts'

/** Names remembered: a catalogue's menus are named with every call, and finding out how a text is rendered takes longer than its hash. */
const rememberedMax = 1_000

const audioNamePattern = /^[0-9a-f]{64}\.wav(16)?$/

/** Whether this is a name as `createAudioNames` makes them; nothing with a path in it is. */
export function isAudioName(name: string): boolean {
  return audioNamePattern.test(name)
}

/**
 * Names the file of a text's sound: the same name for the same text, spoken the same way. Two shelves never share a file,
 * or what is personal would stay because it was also said in general.
 *
 * @param voice.secret Keys the names: without it nobody can tell the name of a person's file.
 */
export function createAudioNames(voice: {
  synthesizer: Pick<Synthesizer, 'name' | 'rendering'>
  voice: string
  sampleRateHz: TelephonyRateHz
  secret: string
}): (text: string, shelf: Shelf) => string {
  const { synthesizer, sampleRateHz, secret } = voice
  const remembered = new Map<string, string>()

  function nameOf(text: string, shelf: Shelf): string {
    const rendering = synthesizer.rendering?.({ text, voice: voice.voice })
    const key = [telephonyAudioVersion, synthesizer.name, voice.voice, sampleRateHz, shelf, text, rendering]
    return createHmac('sha256', secret).update(JSON.stringify(key)).digest('hex') + wavExtension(sampleRateHz)
  }

  return (text, shelf) => {
    const key = `${shelf} ${text}`
    const name = remembered.get(key) ?? nameOf(text, shelf)
    remembered.delete(key)
    remembered.set(key, name)
    const [oldest] = remembered.keys()
    if (remembered.size > rememberedMax && oldest !== undefined) {
      remembered.delete(oldest)
    }
    return name
  }
}
