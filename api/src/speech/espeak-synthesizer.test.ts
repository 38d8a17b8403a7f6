import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEspeakSynthesizer, type EspeakSynthesizer } from './espeak-synthesizer.ts'
import { speechLevelOf } from './speech-level.ts'
import { silenceAtEnds } from './speech-test-doubles.ts'
import { spokenDate, spokenDigits } from './spoken-text.ts'
import { SpeechBusyError, SpeechInputError, type PcmAudio } from './synthesizer.ts'
import { toTelephonyAudio } from './telephony-audio.ts'

const names = [
  'José da Conceição Araújo',
  'Marlúcia Gonçalves Brandão',
  'João Antônio Magalhães',
  'Inês Assunção',
  'Luís Flávio Corrêa',
  'Ângela Müller',
  'Zé',
  'Thaís Vitória Esperança dos Santos',
  'Caetano Sebastião Leitão',
  'Ruth Schmitt',
]

let synthesizer: EspeakSynthesizer

beforeAll(() => {
  synthesizer = createEspeakSynthesizer()
})

afterAll(async () => {
  await synthesizer.close()
})

async function speak(text: string): Promise<PcmAudio> {
  return synthesizer.synthesize({ text, voice: 'pt-br' }, AbortSignal.timeout(4_000))
}

/** Whether sound is as every sound of the house has to be. */
function faultsOf(audio: PcmAudio): string[] {
  const { activeLevelDbfs, peakDbfs } = speechLevelOf(audio)
  const { startMs, endMs } = silenceAtEnds(audio)
  const rules: [name: string, isKept: boolean][] = [
    [`level ${activeLevelDbfs} dBFS`, Math.abs(activeLevelDbfs + 20) < 1],
    [`peak ${peakDbfs} dBFS`, peakDbfs <= -3],
    [`${startMs} ms of silence at the start`, startMs >= 50 && startMs <= 150],
    [`${endMs} ms of silence at the end`, endMs >= 50 && endMs <= 150],
  ]
  return rules.filter(([, isKept]) => !isKept).map(([name]) => name)
}

describe('eSpeak NG', () => {
  it.each(names)('speaks %s at the one loudness', async (name) => {
    const audio = toTelephonyAudio(await speak(name), { sampleRateHz: 8_000 })
    expect(audio.samples.length / audio.sampleRateHz).toBeGreaterThan(0.4)
    expect(faultsOf(audio)).toEqual([])
  })

  it('speaks numbers, dates and menus at the one loudness, at 16,000 Hz as well', async () => {
    const date = spokenDate(new Date('2026-11-22T17:30:00Z'), 'America/Sao_Paulo')
    const menu = 'Para computador, tecle 2. Privilégio IPM, tecle 1. Liberar acesso ao Wi-Fi, tecle 2.'
    for (const text of [`protocolo: ${spokenDigits('10423')}`, `desde ${date}`, menu]) {
      const audio = toTelephonyAudio(await speak(text), { sampleRateHz: 16_000 })
      expect(faultsOf(audio)).toEqual([])
    }
  })

  it('pauses longer between groups of digits', async () => {
    const length = async (text: string): Promise<number> => (await speak(text)).samples.length
    expect(await length('1, 0, 4; 2, 3')).toBeGreaterThan(await length('1, 0, 4, 2, 3'))
  })

  it('takes a text for a text, never for an option or a command', async () => {
    const plain = await speak('f')
    const sounds = await Promise.all(['-f /etc/hostname', '\u0001f', '[[h@l]]'].map(speak))
    expect(sounds[1]?.samples).toEqual(plain.samples)
    expect(sounds.every(({ samples }) => samples.length > 4_000)).toBe(true)
  })

  it('gives the same sound for the same text', async () => {
    const [one, other] = [await speak('Olá'), await speak('Olá')]
    expect(one.samples).toEqual(other.samples)
  })

  it('refuses what it can not speak', async () => {
    const signal = AbortSignal.timeout(4_000)
    await expect(speak('  ')).rejects.toThrow(SpeechInputError)
    await expect(speak('a'.repeat(3_001))).rejects.toThrow(SpeechInputError)
    for (const voice of ['../../etc', 'xx-yy', '']) {
      await expect(synthesizer.synthesize({ text: 'Olá', voice }, signal)).rejects.toThrow(SpeechInputError)
    }
  })

  it('takes no more texts at once than may wait', async () => {
    const small = createEspeakSynthesizer({ waitingMax: 2 })
    const asked = Array.from({ length: 20 }, async (_, index) =>
      small.synthesize({ text: `protocolo ${index}`, voice: 'pt-br' }, AbortSignal.timeout(4_000)),
    )
    const settled = await Promise.allSettled(asked)
    const refused = settled.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    expect(refused).toHaveLength(17)
    expect(refused.every((reason) => reason instanceof SpeechBusyError)).toBe(true)
    await small.close()
  })

  it('speaks even the longest text in time', async () => {
    const text = 'O chamado foi aberto com sucesso. '.repeat(88).slice(0, 3_000)
    expect((await speak(text)).samples.length / 22_050).toBeGreaterThan(100)
  })
})
