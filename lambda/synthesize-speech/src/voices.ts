import { Engine, VoiceId } from '@aws-sdk/client-polly'

/**
 * The Brazilian voices with the engines that have them, best first among those tried unasked. Source: "Available
 * voices" and "Generative voices" of the Amazon Polly Developer Guide, 2026-04. A test of the guide repeats the table.
 */
export const brazilianVoices = {
  Camila: ['neural', 'standard', 'generative'],
  Vitoria: ['neural', 'standard'],
  Thiago: ['neural'],
  Ricardo: ['standard'],
} as const satisfies Partial<Record<VoiceId, readonly Engine[]>>

/** Tried in this order when none is asked for; `generative` costs more and may stray from the text, so it is asked for. */
const defaultEngines: readonly Engine[] = ['neural', 'standard']

const voicesByFoldedName = new Map(Object.values(VoiceId).map((voice) => [folded(voice), voice]))

/** Polly's id of a voice, written with or without accents and capitals (`vitória` → `Vitoria`); undefined = unknown. */
export function voiceNamed(name: string): VoiceId | undefined {
  return voicesByFoldedName.get(folded(name))
}

/** The engines that have this voice; undefined for a voice of another language, which Polly judges. */
export function enginesOf(voice: VoiceId): readonly Engine[] | undefined {
  return Object.hasOwn(brazilianVoices, voice)
    ? brazilianVoices[voice as keyof typeof brazilianVoices]
    : undefined
}

/** The engines to try, in order: the asked one alone, otherwise neural and then standard as far as the voice has them. */
export function enginesToTry(voice: VoiceId, asked: Engine | undefined): readonly Engine[] {
  if (asked !== undefined) {
    return [asked]
  }
  const engines = enginesOf(voice)
  return engines === undefined ? defaultEngines : defaultEngines.filter((engine) => engines.includes(engine))
}

/** Whether Polly (as of the SDK's release) has an engine of this name. */
export function isEngine(name: string): name is Engine {
  return (Object.values(Engine) as string[]).includes(name)
}

function folded(name: string): string {
  return name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
}
