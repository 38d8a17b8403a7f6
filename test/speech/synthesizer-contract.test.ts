import { decodeMp3 } from '@ura/api/speech/mp3'
import { type PcmAudio, SpeechInputError, SpeechUnavailableError } from '@ura/api/speech/synthesizer'
import { afterEach, describe, expect, it } from 'vitest'
import type { FakeFault } from '../support/fake-aws/fake-service.ts'
import { type CloudSubject, startApiGateway, startEspeak, startLambda, type Subject } from './synthesizers.ts'

const open: Subject[] = []
afterEach(async () => {
  for (const subject of open.splice(0)) await subject.close()
})

async function opened<T extends Subject>(starting: Promise<T>): Promise<T> {
  const subject = await starting
  open.push(subject)
  return subject
}

const forever = new AbortController().signal
const sentence = 'Olá, Maria da Conceição. Seu protocolo é: 1, 0, 4, 2.'

function speak({ synthesizer, voice }: Subject, text = sentence, signal = forever) {
  return synthesizer.synthesize({ text, voice }, signal)
}

async function samplesOf(subject: Subject, text: string): Promise<PcmAudio> {
  const audio = await speak(subject, text)
  return 'mp3' in audio ? await decodeMp3(audio.mp3) : audio
}

describe.each([
  ['espeak', startEspeak],
  ['api-gateway', startApiGateway],
  ['lambda', startLambda],
] as const)('the synthesizer %s', (_name, start) => {
  it('gives sound of a rate that is enough for a telephone, longer for a longer text', async () => {
    const subject = await opened<Subject>(start())
    const [one, other] = await Promise.all([samplesOf(subject, 'Olá.'), samplesOf(subject, sentence)])
    for (const { sampleRateHz, samples } of [one, other]) {
      expect(sampleRateHz).toBeGreaterThanOrEqual(16_000)
      expect(samples.some((sample) => Math.abs(sample) > 1_000)).toBe(true)
    }
    expect(other.samples.length).toBeGreaterThan(2 * one.samples.length)
  })

  it.each([
    ['nothing to say', ' … '],
    ['more than 3,000 characters', 'a'.repeat(3_001)],
  ])('refuses %s for good', async (_what, text) => {
    const subject = await opened<Subject>(start())
    await expect(speak(subject, text)).rejects.toThrow(SpeechInputError)
  })

  it('refuses a voice that it has not for good', async () => {
    const subject = await opened<Subject>(start())
    await expect(speak({ ...subject, voice: 'no such voice' })).rejects.toThrow(SpeechInputError)
  })

  it('speaks 3,000 characters, and what looks like markup as it is written', async () => {
    const subject = await opened<Subject>(start())
    const { samples, sampleRateHz } = await samplesOf(subject, 'Um dia. '.repeat(375))
    expect(samples.length / sampleRateHz).toBeGreaterThan(60)
    await expect(speak(subject, '<speak>a & b</speak> 100% +55 ãé')).resolves.toBeDefined()
  })

  it('gives up when it is told to', async () => {
    const subject = await opened<Subject>(start())
    const stop = new AbortController()
    const speaking = speak(subject, sentence, stop.signal)
    stop.abort()
    await expect(speaking).rejects.toThrow(SpeechUnavailableError)
  })
})

describe.each([
  ['api-gateway', () => startApiGateway()],
  ['lambda', () => startLambda()],
] as const)('the synthesizer %s, when AWS fails', (_name, start) => {
  const throttled: FakeFault = { kind: 'error', statusCode: 429, name: 'TooManyRequestsException' }
  const broken: FakeFault = { kind: 'error', statusCode: 500, name: 'ServiceException' }
  const closed: FakeFault = { kind: 'error', statusCode: 403, name: 'AccessDeniedException' }
  const pcm = 'audio/pcm'

  async function fault(place: 'door' | 'polly', what: FakeFault) {
    const subject = await opened<CloudSubject>(start())
    subject[place].fault = what
    return await speak(subject).then(
      () => 'spoken',
      (error: unknown) => error,
    )
  }

  it.each([
    ['the door throttles', 'door', throttled, true],
    ['the door is broken', 'door', broken, true],
    ['the door never answers', 'door', { kind: 'stall' }, true],
    ['the door stops in mid-sound', 'door', { kind: 'stall-in-body' }, true],
    ['the door cuts the connection in mid-sound', 'door', { kind: 'cut-off' }, true],
    ['the door refuses the rights', 'door', closed, false],
    [
      'the door answers with a page',
      'door',
      { kind: 'lie', contentType: 'text/html', body: Buffer.from('<p>') },
      false,
    ],
    ['Polly throttles', 'polly', { kind: 'error', statusCode: 400, name: 'ThrottlingException' }, true],
    ['Polly is broken', 'polly', { ...broken, name: 'ServiceFailureException' }, true],
    ['Polly never answers', 'polly', { kind: 'stall' }, true],
    ['Polly stops in mid-sound', 'polly', { kind: 'stall-in-body' }, true],
    ['Polly cuts the connection', 'polly', { kind: 'cut-off' }, true],
    ['Polly sends no sound', 'polly', { kind: 'lie', contentType: pcm, body: Buffer.alloc(0) }, true],
    [
      'Polly sends a page',
      'polly',
      { kind: 'lie', contentType: 'text/html', body: Buffer.from('<p>') },
      true,
    ],
  ] as const)(
    '%s: it is unavailable, in bounded time, and tells whether to try again',
    async (_what, place, what, retryable) => {
      const error = await fault(place, what)
      expect(error).toBeInstanceOf(SpeechUnavailableError)
      expect(error).toMatchObject({ retryable })
      expect(String(error)).not.toContain('Maria')
    },
  )

  it('speaks again when AWS does', async () => {
    const subject = await opened<CloudSubject>(start())
    subject.door.fault = broken
    await expect(speak(subject)).rejects.toThrow(SpeechUnavailableError)
    subject.door.fault = null
    await expect(speak(subject)).resolves.toBeDefined()
  })

  it('is unavailable when nobody listens there', async () => {
    const subject = await opened<CloudSubject>(start())
    await subject.door.close()
    open.splice(0)
    await expect(speak(subject)).rejects.toMatchObject({ name: 'SpeechUnavailableError', retryable: true })
  })
})

describe('who asks', () => {
  it('may sign for API Gateway by IAM', async () => {
    const subject = await opened(startApiGateway('iam'))
    await expect(speak(subject)).resolves.toBeDefined()
    expect(subject.door.requests[0]?.headers.authorization).toContain('/sa-east-1/execute-api/aws4_request')
  })

  it('with another API key is refused, and not asked to try again', async () => {
    const subject = await opened(startApiGateway('wrong key'))
    await expect(speak(subject)).rejects.toMatchObject({ retryable: false })
  })

  it('with another secret key, or for a function that is not there, is refused by Lambda', async () => {
    const stranger = await opened(startLambda({ secretAccessKey: 'another' }))
    await expect(speak(stranger)).rejects.toMatchObject({ retryable: false })
    const lost = await opened(startLambda({ functionName: 'another' }))
    await expect(speak(lost)).rejects.toMatchObject({ retryable: false })
  })
})
