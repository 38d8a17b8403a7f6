import type { SpeechKind, SpeechService } from '@ura/api/speech/speech-service'

/** Counts what a speech service is asked for, and what callers then hear. */
export interface SpokenCharacters {
  /** The service, watched. */
  speech: SpeechService
  /** Adds what a call played: each of its sentences once, as a service without a cache would have to make it. */
  played(addresses: readonly string[]): void
  /** Characters of the sentences that callers heard, by kind. */
  heard(): Record<SpeechKind, number>
}

export function watchSpeech(watched: SpeechService): SpokenCharacters {
  const texts = new Map<string, { characters: number; kind: SpeechKind }>()
  const heard: Record<SpeechKind, number> = { personal: 0, catalogue: 0, general: 0 }
  return {
    speech: {
      ...watched,
      async speak(request) {
        const spoken = await watched.speak(request)
        if (spoken !== null) {
          texts.set(spoken.audioName, { characters: request.text.length, kind: request.kind })
        }
        return spoken
      },
    },
    played(addresses) {
      for (const address of new Set(addresses)) {
        const text = texts.get(address.slice(address.lastIndexOf('/') + 1))
        if (text !== undefined) heard[text.kind] += text.characters
      }
    },
    heard: () => ({ ...heard }),
  }
}
