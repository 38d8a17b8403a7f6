import { Counter, Gauge, type Registry } from 'prom-client'
import type { BreakerState } from '../speech/speech-production.ts'
import type { SpeechService } from '../speech/speech-service.ts'
import type { ReasonCounts } from '../speech/speech-report.ts'

const breakerValues: Readonly<Record<BreakerState, number>> = { closed: 0, half_open: 1, open: 2 }

/** Tells what the speech service counts; it is copied when somebody looks. */
export function measureSpeech(registry: Registry, speech: SpeechService): void {
  const counts = new Gauge({
    name: 'ura_speech',
    help: 'Speech since start: synthesized, characters, cacheHits, joined, failures',
    labelNames: ['count'],
    registers: [],
    collect() {
      for (const [count, value] of Object.entries(speech.stats())) {
        if (typeof value === 'number') {
          this.set({ count }, value)
        }
      }
    },
  })
  const breakers = new Gauge({
    name: 'ura_speech_breaker',
    help: 'Whether a synthesizer is asked (0), tried again with one text (1) or left alone after failing in a row (2)',
    labelNames: ['synthesizer'],
    registers: [],
    collect() {
      for (const { synthesizer, state } of speech.stats().breakers) {
        this.set({ synthesizer }, breakerValues[state])
      }
    },
  })
  const fallbacks = reasonCounter(
    'ura_speech_fallbacks_total',
    "Texts that the embedded voice spoke in Amazon Polly's place, by why",
    () => speech.stats().fallbacks,
  )
  const silences = reasonCounter(
    'ura_speech_silences_total',
    'Texts that no voice spoke, so that the caller hears recordings, by why the last one failed',
    () => speech.stats().silences,
  )
  registry.registerMetric(counts)
  registry.registerMetric(breakers)
  registry.registerMetric(fallbacks)
  registry.registerMetric(silences)
}

function reasonCounter(name: string, help: string, read: () => ReasonCounts): Counter<'reason'> {
  return new Counter({
    name,
    help,
    labelNames: ['reason'],
    registers: [],
    collect() {
      this.reset()
      for (const [reason, count] of Object.entries(read())) {
        this.inc({ reason }, count)
      }
    },
  })
}
