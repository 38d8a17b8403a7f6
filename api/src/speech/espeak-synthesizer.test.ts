import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEspeakSynthesizer, type EspeakSynthesizer } from './espeak-synthesizer.ts'
import { parseLexicon } from './pronunciation-lexicon.ts'
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

/** Its thread stands back behind all others: a busy machine gets its time. */
async function speak(text: string): Promise<PcmAudio> {
  return synthesizer.synthesize({ text, voice: 'pt-br' }, AbortSignal.timeout(15_000))
}

/** The silences of at least 60 ms between sounds. */
function pausesMs({ samples, sampleRateHz }: PcmAudio): number[] {
  const loud = Array.from(samples.entries()).filter(([, sample]) => Math.abs(sample) > 30)
  const gaps = loud.slice(1).map(([index], before) => index - (loud[before]?.[0] ?? index))
  return gaps.map((gap) => (gap / sampleRateHz) * 1_000).filter((gap) => gap >= 60)
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

  it('pauses at punctuation, longest between groups of digits, so that they can be written down', async () => {
    const longestPauseMs = async (text: string): Promise<number> => Math.max(...pausesMs(await speak(text)))
    const [comma, sentence, group] = await Promise.all(
      ['1, 0', 'Tecle 1. Tecle 0.', '1, 0; 4, 2'].map(longestPauseMs),
    )
    expect(comma).toBeGreaterThan(180)
    expect(sentence).toBeGreaterThan(1.5 * (comma ?? 0))
    expect(group).toBeGreaterThan(600)
  })

  it('speaks with an own pronunciation, and tells when the sound of a text has changed by it', async () => {
    const lexicon = parseLexicon('Bragagnolo = Branhólo')
    const own = createEspeakSynthesizer({ lexicon })
    const request = { text: 'Bragagnolo', voice: 'pt-br' }
    const sound = await own.synthesize(request, AbortSignal.timeout(4_000))
    expect(sound.samples).toEqual((await speak('Branhólo')).samples)
    expect(sound.samples).not.toEqual((await speak('Bragagnolo')).samples)
    expect(own.rendering(request)).not.toBe(synthesizer.rendering(request))
    const other = { text: 'Chapecó', voice: 'pt-br' }
    expect(own.rendering(other)).toBe(synthesizer.rendering(other))
    await own.close()
  })

  it('leaves other languages their spelling', () => {
    expect(synthesizer.rendering({ text: 'TI [IPM]', voice: 'en-us' })).toMatch(/ TI {2}IPM $/)
    expect(synthesizer.rendering({ text: 'TI', voice: 'pt-br+f2' })).toMatch(/ tê i$/)
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

  it('speaks even the longest text', async () => {
    const text = 'O chamado foi aberto com sucesso. '.repeat(88).slice(0, 3_000)
    expect((await speak(text)).samples.length / 22_050).toBeGreaterThan(100)
  })
})
