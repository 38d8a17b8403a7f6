import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSpeechService } from '@ura/api/speech/speech-service'
import { createLogger } from '@ura/core/logger'
import { seededRandom } from '../../test/listening/noise-prompts.ts'
import { HelpdeskSystem } from '../../test/support/helpdesk-system.ts'
import { TestClock } from '../../test/support/test-clock.ts'
import { toneSynthesizer } from '../../test/support/tone-synthesizer.ts'
import { markdownTable } from '../harness/table.ts'
import { makeCalls } from './calls.ts'
import { addPeople } from './people.ts'
import { watchSpeech } from './spoken-characters.ts'

/**
 * `npm run speech:cost`: makes a thousand calls through the three services, Asterisk played by its double, and prints
 * (in pt-BR, for docs/aws-polly.md) the characters that were spoken and what Amazon Polly takes for them.
 */

const calls = 1_000
const people = 300

/** US dollars for a million characters: aws.amazon.com/polly/pricing, as it was on 7 October 2026. */
const prices = [
  { engine: 'standard', dollars: 4 },
  { engine: 'neural', dollars: 16 },
  { engine: 'generative', dollars: 30 },
]

const folder = await mkdtemp(join(tmpdir(), 'ura-speech-cost-'))
const clock = new TestClock()
const watch = watchSpeech(
  createSpeechService({
    folder,
    synthesizer: toneSynthesizer(),
    secret: 'secret of the speech cost',
    clock,
    log: createLogger({ service: 'api', level: 'warn' }),
    voice: 'tone',
    sampleRateHz: 8_000,
    maxBytes: 256 * 1024 * 1024,
    personalDays: 30,
  }),
)
const system = await HelpdeskSystem.start({
  clock,
  speech: watch.speech,
  environment: { API_REQUESTS_PER_MINUTE: '1000000' },
})
try {
  const codes = await addPeople(system.api.db, people, clock.now())
  const callers = codes.map((code) => ({ code, protocols: [] }))
  const random = seededRandom('speech cost')
  await makeCalls(calls, { system, clock, callers, random, onPlayed: (addresses) => watch.played(addresses) })
  print()
} finally {
  await system.stop()
  await rm(folder, { recursive: true, force: true })
}

function print(): void {
  const heard = watch.heard()
  const { characters: withCache, synthesized, cacheHits } = watch.speech.stats()
  const without = heard.personal + heard.catalogue + heard.general
  const rows = [
    [
      '1.000 ligações',
      'caracteres',
      ...prices.map(({ engine, dollars }) => `\`${engine}\` (US$ ${dollars})`),
    ],
    ['sem cache', numberText(without), ...prices.map(({ dollars }) => costText(without, dollars))],
    ['com cache', numberText(withCache), ...prices.map(({ dollars }) => costText(withCache, dollars))],
  ]
  console.log(markdownTable(rows))
  const kinds = `menus do catálogo ${numberText(heard.catalogue)}, pessoais ${numberText(heard.personal)}, gerais ${numberText(heard.general)}`
  console.log(`\nOuvidos, por tipo: ${kinds}.`)
  console.log(`Sínteses com cache: ${numberText(synthesized)}; respostas do cache: ${numberText(cacheHits)}.`)
}

function numberText(value: number): string {
  return value.toLocaleString('pt-BR')
}

function costText(characters: number, dollarsPerMillion: number): string {
  const dollars = (characters / 1e6) * dollarsPerMillion
  return `US$ ${dollars.toLocaleString('pt-BR', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
}
