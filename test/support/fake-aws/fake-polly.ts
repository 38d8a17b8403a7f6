import { type FakeService, FakeServiceError, startFakeService } from './fake-service.ts'
import { mp3Silence, pcmTone } from './fake-audio.ts'
import type { SignedRequest } from './signature.ts'

/** The JSON of a SynthesizeSpeech request. */
export interface PollyRequest {
  Text: string
  TextType?: 'text' | 'ssml'
  VoiceId: string
  Engine?: string
  OutputFormat: string
  SampleRate?: string
  LanguageCode?: string
  LexiconNames?: string[]
}

export interface FakePollyOptions {
  /** Engines that the region has; default all, São Paulo has `standard` alone. */
  engines?: readonly string[]
  /** Lexicons that were put there; default none. */
  lexicons?: readonly string[]
  /** The audio of a request; default a tone (pcm) or silence (mp3) of 60 ms for each character. */
  audio?: (request: PollyRequest) => Buffer | Promise<Buffer>
}

export interface FakePolly extends FakeService {
  /** The requests' JSON, in order. */
  readonly spoken: readonly PollyRequest[]
}

/** The engines of the Brazilian voices, by "Available voices" of the Polly Developer Guide. */
const voices = new Map([
  ['Camila', ['generative', 'neural', 'standard']],
  ['Vitoria', ['neural', 'standard']],
  ['Thiago', ['neural']],
  ['Ricardo', ['standard']],
])
const contentTypes = new Map([
  ['mp3', 'audio/mpeg'],
  ['pcm', 'audio/pcm'],
])
const billedCharactersMax = 3_000
const millisecondsPerCharacter = 60

/** Amazon Polly's `POST /v1/speech` with the refusals of the real one, their names and words. */
export async function startFakePolly(options: FakePollyOptions = {}): Promise<FakePolly> {
  const service = await startFakeService({
    service: 'polly',
    async answer(signed) {
      const request = readRequest(signed)
      refuse(request, options)
      return {
        headers: {
          'content-type': contentTypes.get(request.OutputFormat) ?? '',
          'x-amzn-requestcharacters': String(billedCharacters(request)),
          'x-amzn-requestid': 'fake-request',
        },
        body: await (options.audio ?? defaultAudio)(request),
      }
    },
  })
  return Object.defineProperty(service, 'spoken', {
    get: () => service.requests.map(({ body }) => JSON.parse(body.toString()) as PollyRequest),
  }) as FakePolly
}

function readRequest({ method, url, body }: SignedRequest): PollyRequest {
  if (method !== 'POST' || url !== '/v1/speech') {
    throw new FakeServiceError('UnknownOperationException', 'no such operation', 404)
  }
  return JSON.parse(body.toString()) as PollyRequest
}

function refuse(request: PollyRequest, { engines, lexicons = [] }: FakePollyOptions): void {
  const { Engine: engine = 'standard', TextType: textType } = request
  const validations: [boolean, string, string][] = [
    [!voices.has(request.VoiceId), 'ValidationException', 'unknown voice'],
    [
      engines !== undefined && !engines.includes(engine),
      'ValidationException',
      'The selected engine is not supported in this region',
    ],
    [
      voices.get(request.VoiceId)?.includes(engine) === false,
      'ValidationException',
      `This voice does not support the selected engine: ${engine}`,
    ],
    [!contentTypes.has(request.OutputFormat), 'ValidationException', 'unknown format'],
    [
      request.OutputFormat === 'pcm' && !['8000', '16000'].includes(request.SampleRate ?? '16000'),
      'InvalidSampleRateException',
      'The specified sample rate is not valid',
    ],
    [
      billedCharacters(request) > billedCharactersMax,
      'TextLengthExceededException',
      'Maximum text length has been exceeded',
    ],
    [textType === 'ssml' && !hasBalancedTags(request.Text), 'InvalidSsmlException', 'Invalid SSML request'],
  ]
  for (const [isRefused, name, message] of validations) {
    if (isRefused) {
      throw new FakeServiceError(name, message)
    }
  }
  if (request.LexiconNames?.some((name) => !lexicons.includes(name)) === true) {
    throw new FakeServiceError('LexiconNotFoundException', 'Lexicon not found', 404)
  }
}

function billedCharacters({ Text: text, TextType: textType }: PollyRequest): number {
  return Array.from(textType === 'ssml' ? text.replaceAll(/<[^<>]*>/g, '') : text).length
}

function hasBalancedTags(text: string): boolean {
  const open: string[] = []
  for (const [, closing, name = '', empty] of text.matchAll(/<(\/?)([\w:-]+)[^<>]*?(\/?)>/g)) {
    if (closing === '/') {
      if (open.pop() !== name) {
        return false
      }
    } else if (empty === '') {
      open.push(name)
    }
  }
  return open.length === 0
}

function defaultAudio(request: PollyRequest): Buffer {
  const durationMs = billedCharacters(request) * millisecondsPerCharacter
  return request.OutputFormat === 'pcm'
    ? pcmTone(durationMs, Number(request.SampleRate ?? 16_000))
    : mp3Silence(durationMs)
}
