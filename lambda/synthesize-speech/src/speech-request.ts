import { type Engine, LanguageCode, type VoiceId } from '@aws-sdk/client-polly'
import { HelpdeskError } from '@ura/core/errors'
import {
  billedCharacters,
  billedCharactersMax,
  isSsmlDocument,
  totalCharacters,
  totalCharactersMax,
} from './billed-characters.ts'
import type { Invocation } from './invocation.ts'
import { enginesOf, isEngine, voiceNamed } from './voices.ts'

/** `mp3`, or `pcm`: 16-bit little-endian samples of one channel at 16 kHz, without a header. */
export type AudioFormat = 'mp3' | 'pcm'

/** A request that Polly will most likely take. */
export interface SpeechRequest {
  /** As it came, 1 to 3,000 billed characters. */
  text: string
  textType: 'text' | 'ssml'
  voice: VoiceId
  /** Undefined = neural, or standard where that isn't to be had. */
  engine: Engine | undefined
  format: AudioFormat
  /** Undefined = the voice's own; only bilingual voices have another. */
  language: LanguageCode | undefined
  /** Of the text, markup left out. */
  characters: number
}

/**
 * Checks what was asked for, by hand: there are six texts, each with a message of its own, and a schema compiler would
 * be a large part of the bundle, which is loaded at each cold start.
 *
 * @throws HelpdeskError `METODO_NAO_PERMITIDO` for anything but GET; `REQUISICAO_INVALIDA` with the field at fault
 */
export function readSpeechRequest({ method, parameters }: Invocation): SpeechRequest {
  if (method !== 'GET') {
    throw new HelpdeskError('METODO_NAO_PERMITIDO')
  }
  const voice = readVoice(parameters)
  const textType = readWord(parameters, 'textType', ['text', 'ssml']) ?? 'text'
  const text = readText(parameters, textType)
  return {
    ...text,
    textType,
    voice,
    engine: readEngine(parameters, voice),
    format: readWord(parameters, 'format', ['mp3', 'pcm']) ?? 'mp3',
    language: readWord(parameters, 'language', Object.values(LanguageCode)),
  }
}

type Parameters = Invocation['parameters']

function readVoice(parameters: Parameters): VoiceId {
  const name = readRequired(parameters, 'voice')
  const voice = voiceNamed(name)
  if (voice === undefined) {
    throw invalid('voice', 'O Amazon Polly não tem esta voz. Em pt-BR: Camila, Vitoria, Thiago, Ricardo.')
  }
  return voice
}

function readText(
  parameters: Parameters,
  textType: SpeechRequest['textType'],
): Pick<SpeechRequest, 'text' | 'characters'> {
  const text = readRequired(parameters, 'text')
  // In code units first: a text of megabytes need not be counted.
  if (text.length > 2 * totalCharactersMax || totalCharacters(text) > totalCharactersMax) {
    throw invalid('text', 'O texto passa de 6.000 caracteres, com as marcas.')
  }
  if (textType === 'ssml' && !isSsmlDocument(text)) {
    throw invalid('text', 'O texto não é SSML: comece com <speak> e termine com </speak>.')
  }
  const characters = billedCharacters(text, textType)
  if (characters > billedCharactersMax) {
    throw invalid('text', 'O texto passa de 3.000 caracteres.')
  }
  return { text, characters }
}

function readEngine(parameters: Parameters, voice: VoiceId): Engine | undefined {
  const name = readOptional(parameters, 'engine')
  if (name === undefined) {
    return undefined
  }
  const engines = enginesOf(voice)
  if (!isEngine(name) || (engines !== undefined && !engines.includes(name))) {
    const hint = engines === undefined ? '' : ` ${voice} tem: ${engines.join(', ')}.`
    throw invalid('engine', `A voz não tem este motor.${hint}`)
  }
  return name
}

function readWord<Word extends string>(
  parameters: Parameters,
  field: string,
  words: readonly Word[],
): Word | undefined {
  const value = readOptional(parameters, field)
  const word = words.find((one) => one === value)
  if (value !== undefined && word === undefined) {
    const hint = words.length > 5 ? '' : ` Use ${words.join(' ou ')}.`
    throw invalid(field, `Valor desconhecido.${hint}`)
  }
  return word
}

function readRequired(parameters: Parameters, field: string): string {
  const value = readOptional(parameters, field)
  if (value === undefined || value.trim() === '') {
    throw invalid(field, `Informe o parâmetro "${field}".`)
  }
  return value
}

function readOptional(parameters: Parameters, field: string): string | undefined {
  const value = parameters.get(field)
  if (value === undefined || value === null) {
    return undefined
  }
  if (typeof value !== 'string') {
    throw invalid(field, 'O valor deve ser um texto.')
  }
  return value
}

function invalid(field: string, message: string): HelpdeskError {
  return new HelpdeskError('REQUISICAO_INVALIDA', { field, message })
}
