import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEspeakSynthesizer } from '@ura/api/speech/espeak-synthesizer'
import { createSpeechService } from '@ura/api/speech/speech-service'
import { spokenDate, spokenDigits } from '@ura/api/speech/spoken-text'
import { decodeWav } from '@ura/api/speech/wav'
import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { serveTasks } from '../harness/task-process.ts'

const folder = await mkdtemp(join(tmpdir(), 'ura-bench-voice-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

const speech = createSpeechService({
  folder,
  synthesizer: createEspeakSynthesizer(),
  secret: 'secret of the speech benchmark',
  clock: systemClock,
  log: createLogger({ service: 'api', level: 'warn' }),
  voice: 'pt-br',
  sampleRateHz: 8_000,
  maxBytes: 1e9,
  personalDays: 30,
})

const names = [
  'João da Conceição',
  'Maria Antônia de Araújo',
  'Luís Gonçalves',
  'Inês Müller',
  'Sebastião Pinhão',
]

/** What callers hear spoken for the first time: a protocol, a name, a status. */
function sentencesOf(round: number): string[] {
  const protocol = spokenDigits(String(10_000 + round * 37))
  const since = spokenDate(new Date(Date.UTC(2026, 10, 1, 12, round)), 'America/Sao_Paulo')
  return [
    protocol,
    `${names[round % names.length]} ${round}`,
    `Chamado ${protocol}. Serviço: Computador não liga. Situação: em atendimento, desde ${since}.`,
  ]
}

let lastRound = 0

const tasks = {
  /**
   * Speaks sentences that were never spoken, one after another, as files: synthesis, finishing and writing.
   *
   * @returns What that took, and how long their sound is, both in seconds.
   */
  async speakNew(rounds: number): Promise<{ workSeconds: number; soundSeconds: number }> {
    let workSeconds = 0
    let soundSeconds = 0
    for (let round = 0; round < rounds; round += 1) {
      lastRound += 1
      for (const text of sentencesOf(lastRound)) {
        const startMs = performance.now()
        const spoken = await speech.speak({ text, kind: 'personal' })
        workSeconds += (performance.now() - startMs) / 1_000
        const file = spoken === null ? null : await speech.open(spoken.audioName)
        if (file === null) throw new Error('a sentence could not be spoken')
        const { samples, sampleRateHz } = decodeWav(file.bytes)
        soundSeconds += samples.length / sampleRateHz
      }
    }
    return { workSeconds, soundSeconds }
  },
}

/** What the process can be asked for. */
export type VoiceTasks = typeof tasks

serveTasks(tasks)
