import type { Logger } from '@ura/core/logger'
import type {
  SpeechOutcome,
  SpeechRequest,
  SpeechService,
  SpokenAudio,
  VoiceSpeech,
} from './speech-service.ts'
import { noReasons } from './speech-report.ts'
import type { SpeechFaultReason } from './synthesizer.ts'

/**
 * How long a caller waits for the preferred voice before the fallback is asked as well, in milliseconds: an answer of
 * the API waits 3,500 ms for its audio, and the embedded voice takes some tenths of a second.
 */
export const preferredPatienceMs = 2_500

/** What the fallback voice can't help: it keeps its files in the same folder and stops with the same service. */
const hopeless: ReadonlySet<SpeechFaultReason> = new Set(['storage', 'closed'])

/**
 * Speech by one voice and, while that can't be had in time, by another: a caller hears the plainer voice rather than
 * nothing. The preferred one's tries go on meanwhile, and what comes of them is there for the next caller. Both keep
 * their files in one folder under names of their own, so that the first voice speaks again as soon as it can.
 *
 * Counts are those of both together.
 */
export function createFallbackSpeech(
  { preferred, fallback }: { preferred: VoiceSpeech; fallback: VoiceSpeech },
  log: Logger,
): SpeechService {
  const fallbacks = noReasons()
  const silences = noReasons()
  let failures = 0

  function silent(reason: SpeechFaultReason): null {
    failures += 1
    silences[reason] += 1
    return null
  }

  async function speakOtherwise(
    request: SpeechRequest,
    { underWay, reason }: { underWay: Promise<SpeechOutcome>; reason: SpeechFaultReason },
  ): Promise<SpokenAudio | null> {
    const other = fallback.attempt(request)
    // The preferred voice may still be the first to answer.
    const first = await Promise.any([
      spokenOf(underWay).then((spoken) => ({ spoken, isFallback: false })),
      spokenOf(other).then((spoken) => ({ spoken, isFallback: true })),
    ]).catch(() => null)
    if (first === null) {
      return silent(reasonOf(await other) ?? reason)
    }
    if (first.isFallback) {
      fallbacks[reason] += 1
      log.debug({ kind: request.kind, reason }, 'spoken by the fallback voice')
    }
    return first.spoken
  }

  return {
    async speak(request) {
      const underWay = preferred.attempt(request)
      const outcome = await withinPatience(underWay)
      if ('audioName' in outcome) {
        return outcome
      }
      const { reason } = outcome
      return hopeless.has(reason) ? silent(reason) : speakOtherwise(request, { underWay, reason })
    },
    // Names say nothing of the voice: whoever looks in the folder finds the files of both.
    open: (audioName) => preferred.open(audioName),
    remove: (audioName) => preferred.remove(audioName),
    isAudioName: (name) => preferred.isAudioName(name),
    sweep: () => preferred.sweep(),
    stats() {
      const [one, other] = [preferred.stats(), fallback.stats()]
      return {
        synthesized: one.synthesized + other.synthesized,
        characters: one.characters,
        cacheHits: one.cacheHits + other.cacheHits,
        joined: one.joined + other.joined,
        failures,
        silences: { ...silences },
        fallbacks: { ...fallbacks },
        breakers: [...one.breakers, ...other.breakers],
        isStorageFailing: one.isStorageFailing || other.isStorageFailing,
      }
    },
    async close() {
      await Promise.all([preferred.close(), fallback.close()])
    },
  }
}

async function withinPatience(underWay: Promise<SpeechOutcome>): Promise<SpeechOutcome> {
  const { promise: slow, resolve } = Promise.withResolvers<SpeechOutcome>()
  const timer = setTimeout(() => resolve({ reason: 'slow' }), preferredPatienceMs)
  try {
    return await Promise.race([underWay, slow])
  } finally {
    clearTimeout(timer)
  }
}

/** The sound of an attempt; rejects when there is none. */
async function spokenOf(attempt: Promise<SpeechOutcome>): Promise<SpokenAudio> {
  const outcome = await attempt
  if ('reason' in outcome) {
    throw new Error(outcome.reason)
  }
  return outcome
}

function reasonOf(outcome: SpeechOutcome): SpeechFaultReason | null {
  return 'reason' in outcome ? outcome.reason : null
}
