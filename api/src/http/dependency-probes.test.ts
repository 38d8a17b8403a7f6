import { expect, it } from 'vitest'
import type { SpeechStats } from '../speech/speech-service.ts'
import { noReasons } from '../speech/speech-report.ts'
import { createTestApi } from '../testing/test-api.ts'

const well: SpeechStats = {
  synthesized: 0,
  characters: 0,
  cacheHits: 0,
  joined: 0,
  failures: 0,
  silences: noReasons(),
  fallbacks: noReasons(),
  breakers: [
    { synthesizer: 'polly', state: 'closed' },
    { synthesizer: 'espeak', state: 'closed' },
  ],
  isStorageFailing: false,
}

function breakers(polly: 'closed' | 'half_open' | 'open', espeak: 'closed' | 'open'): Partial<SpeechStats> {
  return {
    breakers: [
      { synthesizer: 'polly', state: polly },
      { synthesizer: 'espeak', state: espeak },
    ],
  }
}

it.each([
  ['both voices speak', {}, 'ok', undefined],
  ['the embedded voice fails behind Polly', breakers('closed', 'open'), 'ok', undefined],
  [
    'Polly is left alone',
    breakers('open', 'closed'),
    'degradada',
    'O Amazon Polly falhou várias vezes seguidas; a voz embutida fala no lugar dele.',
  ],
  ['Polly is being tried again', breakers('half_open', 'closed'), 'degradada', expect.any(String)],
  [
    'neither speaks',
    breakers('open', 'open'),
    'indisponivel',
    'A síntese de voz falhou várias vezes seguidas.',
  ],
  [
    'the only voice fails',
    { breakers: [{ synthesizer: 'espeak', state: 'open' }] } satisfies Partial<SpeechStats>,
    'indisponivel',
    'A síntese de voz falhou várias vezes seguidas.',
  ],
  [
    'no file can be written',
    { isStorageFailing: true },
    'indisponivel',
    'A pasta dos áudios não aceita arquivos novos: disco cheio ou sem permissão.',
  ],
] as const)('/readyz, when %s, is ready and tells what callers hear', async (_what, stats, word, reason) => {
  await using test = await createTestApi()
  test.speech.stats = () => ({ ...well, ...stats })
  const answer = await test.get('/readyz')
  expect(answer.statusCode).toBe(200)
  expect(answer.json<{ voz: string; motivos?: { voz?: string } }>()).toMatchObject({
    status: true,
    voz: word,
    ...(reason === undefined ? {} : { motivos: { voz: reason } }),
  })
})

it('/metrics tells fallbacks and silences by reason, breakers, and speech that is degraded', async () => {
  await using test = await createTestApi()
  test.speech.stats = () => ({
    ...well,
    ...breakers('open', 'closed'),
    fallbacks: { ...noReasons(), timeout: 3 },
    silences: { ...noReasons(), busy: 2 },
  })
  const { body } = await test.get('/metrics')
  const lines = body.split('\n')
  for (const line of [
    'ura_speech_fallbacks_total{reason="timeout"} 3',
    'ura_speech_fallbacks_total{reason="refused"} 0',
    'ura_speech_silences_total{reason="busy"} 2',
    'ura_speech_breaker{synthesizer="polly"} 2',
    'ura_speech_breaker{synthesizer="espeak"} 0',
    'ura_speech_late_total 0',
    'ura_dependency_up{dependency="voz"} 1',
    'ura_dependency_degraded{dependency="voz"} 1',
  ]) {
    expect(lines).toContain(line)
  }
})
