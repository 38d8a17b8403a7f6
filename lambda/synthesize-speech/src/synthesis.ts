import { addAbortSignal, Readable } from 'node:stream'
import {
  type Engine,
  type PollyClient,
  SynthesizeSpeechCommand,
  type SynthesizeSpeechCommandOutput,
} from '@aws-sdk/client-polly'
import { HelpdeskError } from '@ura/core/errors'
import { audioBytesMax, audioFault, pcmSampleRateHz } from './audio.ts'
import { isEngineMissing } from './polly-faults.ts'
import type { SpeechRequest } from './speech-request.ts'
import { enginesToTry } from './voices.ts'

/** The spoken text. */
export interface Speech {
  audio: Buffer
  engine: Engine
  /** What Polly says it bills. */
  billedCharacters: number
}

export interface SynthesisOptions {
  polly: PollyClient
  /** Pronunciation lexicons of this account and region, at most five; Polly applies those of the voice's language. */
  lexiconNames: readonly string[]
}

/** An answer of Polly that is no audio; the name tells how. */
export class NoAudioError extends Error {
  constructor(name: string) {
    super('Polly answered without the audio that was asked for')
    this.name = name
  }
}

export type Synthesize = (request: SpeechRequest, signal: AbortSignal) => Promise<Speech>

/**
 * Speaks with Polly. Engines that the voice or the region turned out to lack are remembered, so that only the first
 * request after a cold start pays for finding out (São Paulo has no neural engine).
 */
export function createSynthesis({ polly, lexiconNames }: SynthesisOptions): Synthesize {
  const missing = new Set<string>()

  async function synthesize(request: SpeechRequest, signal: AbortSignal): Promise<Speech> {
    for (const engine of enginesToTry(request.voice, request.engine)) {
      const key = `${request.voice} ${engine}`
      if (missing.has(key)) {
        continue
      }
      try {
        return await speakWith(engine, request, signal)
      } catch (error) {
        if (!isEngineMissing(error)) {
          throw error
        }
        missing.add(key)
      }
    }
    throw engineMissing(request)
  }

  async function speakWith(engine: Engine, request: SpeechRequest, signal: AbortSignal): Promise<Speech> {
    const command = new SynthesizeSpeechCommand({
      Text: request.text,
      TextType: request.textType,
      VoiceId: request.voice,
      Engine: engine,
      OutputFormat: request.format,
      ...(request.format === 'pcm' ? { SampleRate: String(pcmSampleRateHz) } : {}),
      ...(request.language === undefined ? {} : { LanguageCode: request.language }),
      ...(lexiconNames.length === 0 ? {} : { LexiconNames: [...lexiconNames] }),
    })
    const answer = await polly.send(command, { abortSignal: signal })
    const audio = await readAudio(answer, signal)
    const fault = audioFault(audio, answer.ContentType, request.format)
    if (fault !== null) {
      throw new NoAudioError(fault)
    }
    return { audio, engine, billedCharacters: answer.RequestCharacters ?? request.characters }
  }

  return synthesize
}

/** The whole body. The signal is on the stream once more, so that the log tells a timeout from a cut connection. */
async function readAudio(answer: SynthesizeSpeechCommandOutput, signal: AbortSignal): Promise<Buffer> {
  if (!(answer.AudioStream instanceof Readable)) {
    throw new NoAudioError('NoStream')
  }
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of addAbortSignal(signal, answer.AudioStream) as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length
    if (sizeBytes > audioBytesMax) {
      throw new HelpdeskError('REQUISICAO_INVALIDA', {
        field: 'text',
        message: 'O áudio não cabe na resposta. Divida o texto ou peça format=mp3.',
      })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, sizeBytes)
}

function engineMissing({ engine, voice }: SpeechRequest): HelpdeskError {
  return engine === undefined
    ? new HelpdeskError('REQUISICAO_INVALIDA', {
        field: 'voice',
        message: `Nesta região da AWS, a voz ${voice} não existe com o motor neural nem com o standard.`,
      })
    : new HelpdeskError('REQUISICAO_INVALIDA', {
        field: 'engine',
        message: 'O motor não existe nesta região da AWS ou para esta voz.',
      })
}
