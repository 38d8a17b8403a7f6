import { createHandler, type HandlerOptions, type LogEntry } from '@ura/synthesize-speech/handler'
import { createPollyClient } from '@ura/synthesize-speech/polly-client'
import { afterEach, describe, expect, it } from 'vitest'
import { type FakePollyOptions, startFakePolly } from '../support/fake-aws/fake-polly.ts'
import { mp3Silence, pcmTone } from '../support/fake-aws/fake-audio.ts'
import { fakeCredentials } from '../support/fake-aws/signature.ts'
import { context, httpEvent, restEvent } from './lambda-events.ts'

const closing: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

interface Answer {
  statusCode: number
  headers: Record<string, string>
  body: string
  isBase64Encoded: boolean
}

async function setUp(options: FakePollyOptions & Partial<HandlerOptions> = {}) {
  const fake = await startFakePolly(options)
  const polly = createPollyClient({
    region: 'sa-east-1',
    endpoint: fake.url,
    credentials: fakeCredentials,
  })
  closing.push(
    () => polly.destroy(),
    () => fake.close(),
  )
  const logged: LogEntry[] = []
  const handler = createHandler({
    polly,
    lexiconNames: [],
    timeoutMs: 2_000,
    log: (entry) => logged.push(entry),
    ...options,
  })
  return { fake, logged, handler, ask: (event: unknown): Promise<Answer> => handler(event, context) }
}

const sentence = { voice: 'Camila', text: 'Olá, Maria da Silva.' }

function errorOf(answer: Answer): { codigo: string; mensagem: string; campo?: string } {
  expect(answer.isBase64Encoded).toBe(false)
  return (JSON.parse(answer.body) as { erro: { codigo: string; mensagem: string; campo?: string } }).erro
}

describe('a sentence', () => {
  it.each([
    ['an API Gateway REST event', restEvent(sentence)],
    ['an API Gateway HTTP event', httpEvent(sentence)],
    ['a direct invoke', sentence],
  ])('is spoken for %s', async (_shape, event) => {
    const { ask, fake } = await setUp()
    const answer = await ask(event)
    expect(answer).toMatchObject({
      statusCode: 200,
      isBase64Encoded: true,
      headers: {
        'content-type': 'audio/mpeg',
        'cache-control': 'no-store',
        'x-speech-engine': 'neural',
        'x-speech-characters': '20',
      },
    })
    expect(Buffer.from(answer.body, 'base64')).toEqual(mp3Silence(20 * 60))
    expect(fake.spoken).toEqual([
      {
        Text: sentence.text,
        TextType: 'text',
        VoiceId: 'Camila',
        Engine: 'neural',
        OutputFormat: 'mp3',
      },
    ])
  })

  it('is asked for with a signature of version 4, which the fake computes again', async () => {
    const { ask, fake } = await setUp()
    await ask(sentence)
    const [request] = fake.requests
    expect(request?.headers.authorization).toContain('/sa-east-1/polly/aws4_request')
    expect(request?.headers['x-amz-date']).toMatch(/^\d{8}T\d{6}Z$/)
  })

  it('is not spoken with another secret key', async () => {
    const fake = await startFakePolly()
    const polly = createPollyClient({
      region: 'sa-east-1',
      endpoint: fake.url,
      credentials: { ...fakeCredentials, secretAccessKey: 'another' },
    })
    closing.push(
      () => polly.destroy(),
      () => fake.close(),
    )
    const logged: LogEntry[] = []
    const log = (entry: LogEntry) => logged.push(entry)
    const handler = createHandler({ polly, lexiconNames: [], timeoutMs: 2_000, log })
    expect((await handler(sentence, context)).statusCode).toBe(502)
    expect(logged).toMatchObject([{ fault: 'InvalidSignatureException' }])
  })

  it('comes as samples of 16 kHz when pcm is asked for', async () => {
    const { ask, fake } = await setUp()
    const answer = await ask({ ...sentence, format: 'pcm' })
    expect(answer.headers['content-type']).toBe('audio/pcm;rate=16000;channels=1')
    expect(Buffer.from(answer.body, 'base64')).toEqual(pcmTone(20 * 60, 16_000))
    expect(fake.spoken[0]).toMatchObject({ OutputFormat: 'pcm', SampleRate: '16000' })
  })

  it('is spoken with the lexicons of the configuration and the language of the request', async () => {
    const { ask, fake } = await setUp({ lexicons: ['helpdesk'], lexiconNames: ['helpdesk'] })
    expect((await ask({ ...sentence, language: 'pt-BR' })).statusCode).toBe(200)
    expect(fake.spoken[0]).toMatchObject({ LexiconNames: ['helpdesk'], LanguageCode: 'pt-BR' })
  })

  it('may be SSML, whose tags are not billed', async () => {
    const { ask } = await setUp()
    const text = '<speak>Seu protocolo é <say-as interpret-as="digits">1042</say-as>.</speak>'
    const answer = await ask({ voice: 'Camila', text, textType: 'ssml' })
    expect(answer.headers['x-speech-characters']).toBe(String('Seu protocolo é 1042.'.length))
  })

  it('is spoken as it is written when it only looks like SSML', async () => {
    const { ask, fake } = await setUp()
    await ask({ voice: 'Camila', text: '<speak>1 & 2</speak>' })
    expect(fake.spoken[0]).toMatchObject({ Text: '<speak>1 & 2</speak>', TextType: 'text' })
  })
})

describe('the engine', () => {
  it('is the standard one where there is no neural one, found out once', async () => {
    const { ask, fake } = await setUp({ engines: ['standard'] })
    expect((await ask(sentence)).headers['x-speech-engine']).toBe('standard')
    expect((await ask(sentence)).headers['x-speech-engine']).toBe('standard')
    expect(fake.spoken.map(({ Engine }) => Engine)).toEqual(['neural', 'standard', 'standard'])
  })

  it('falls back on the documented error as on the one that Polly really sends', async () => {
    const { ask, fake } = await setUp()
    fake.fault = { kind: 'error', statusCode: 400, name: 'EngineNotSupportedException' }
    expect(errorOf(await ask(sentence))).toMatchObject({ campo: 'voice' })
    expect(fake.spoken.map(({ Engine }) => Engine)).toEqual(['neural', 'standard'])
  })

  it('is standard at once for the voice that has nothing else', async () => {
    const { ask, fake } = await setUp()
    expect((await ask({ ...sentence, voice: 'Ricardo' })).headers['x-speech-engine']).toBe('standard')
    expect(fake.requests).toHaveLength(1)
  })

  it('is not replaced when it was asked for', async () => {
    const { ask } = await setUp({ engines: ['standard'] })
    const answer = await ask({ ...sentence, engine: 'neural' })
    expect(answer.statusCode).toBe(400)
    expect(errorOf(answer)).toEqual({
      codigo: 'REQUISICAO_INVALIDA',
      campo: 'engine',
      mensagem: 'O motor não existe nesta região da AWS ou para esta voz.',
    })
  })

  it('may be the generative one', async () => {
    const { ask } = await setUp()
    expect((await ask({ ...sentence, engine: 'generative' })).headers['x-speech-engine']).toBe('generative')
  })

  it('does not take the blame for another ValidationException', async () => {
    const { ask, fake } = await setUp()
    fake.fault = { kind: 'error', statusCode: 400, name: 'ValidationException', message: 'at Text: Maria' }
    const answer = await ask(sentence)
    expect(answer.statusCode).toBe(502)
    expect(answer.body).not.toContain('Maria')
    expect(fake.requests).toHaveLength(1)
  })
})

describe('a fault of Polly', () => {
  const internals = 'User: arn:aws:sts::123456789012:assumed-role/x is not authorized'

  it.each([
    ['ThrottlingException', 400],
    ['TooManyRequestsException', 429],
    ['AnythingElse', 429],
  ])('%s %i is told as 429 with a time to wait', async (name, statusCode) => {
    const { ask, fake } = await setUp()
    fake.fault = { kind: 'error', statusCode, name, message: 'Rate exceeded' }
    const answer = await ask(sentence)
    expect(answer).toMatchObject({ statusCode: 429, headers: { 'retry-after': '1' } })
    expect(errorOf(answer).codigo).toBe('LIMITE_DE_REQUISICOES')
    expect(fake.requests).toHaveLength(1)
  })

  it.each([
    ['ServiceFailureException', 500],
    ['ServiceUnavailable', 503],
    ['AccessDeniedException', 403],
    ['LexiconNotFoundException', 404],
    ['UnknownException', 400],
  ])('%s %i is told as 502 without AWS internals', async (name, statusCode) => {
    const { ask, fake, logged } = await setUp()
    fake.fault = { kind: 'error', statusCode, name, message: internals }
    const answer = await ask(sentence)
    expect(answer.statusCode).toBe(502)
    expect(JSON.parse(answer.body)).toEqual({
      status: false,
      erro: { codigo: 'SINTESE_FALHOU', mensagem: 'A síntese de voz falhou. Tente novamente.' },
      requisicao: context.awsRequestId,
    })
    expect(logged).toMatchObject([{ level: 'error', statusCode: 502, fault: name }])
  })

  it.each([
    ['TextLengthExceededException', 'text'],
    ['InvalidSsmlException', 'text'],
    ['LanguageNotSupportedException', 'language'],
  ])('%s is told as a fault of the request', async (name, campo) => {
    const { ask, fake } = await setUp()
    fake.fault = { kind: 'error', statusCode: 400, name }
    const answer = await ask(sentence)
    expect(answer.statusCode).toBe(400)
    expect(errorOf(answer)).toMatchObject({ codigo: 'REQUISICAO_INVALIDA', campo })
  })

  it.each([
    ['silence before the headers', { kind: 'stall' }, 'AbortError'],
    ['silence in the body', { kind: 'stall-in-body' }, 'AbortError'],
  ] as const)('that is %s ends in time as 502', async (_what, fault, name) => {
    const { ask, fake, logged } = await setUp({ timeoutMs: 150 })
    fake.fault = fault
    expect((await ask(sentence)).statusCode).toBe(502)
    expect(logged).toMatchObject([{ fault: name }])
    expect(logged[0]?.durationMs).toBeLessThan(1_500)
  })

  it('ends before Lambda would end the function', async () => {
    const { handler, fake } = await setUp({ timeoutMs: 60_000 })
    fake.fault = { kind: 'stall' }
    const answer = await handler(sentence, { ...context, getRemainingTimeInMillis: () => 400 })
    expect(answer.statusCode).toBe(502)
  })

  it.each([
    ['a body that is cut off', { kind: 'cut-off' }],
    ['no audio at all', { kind: 'lie', contentType: 'audio/mpeg', body: Buffer.alloc(0) }],
    ['a page in place of audio', { kind: 'lie', contentType: 'text/html', body: Buffer.from('<html>') }],
    ['a page called audio', { kind: 'lie', contentType: 'audio/mpeg', body: Buffer.from('<html>') }],
    ['another format', { kind: 'lie', contentType: 'audio/pcm', body: pcmTone(100, 16_000) }],
  ] as const)('that is %s is told as 502', async (_what, fault) => {
    const { ask, fake } = await setUp()
    fake.fault = fault
    const answer = await ask(sentence)
    expect(answer.statusCode).toBe(502)
    expect(errorOf(answer).codigo).toBe('SINTESE_FALHOU')
  })

  it('that nobody listens is told as 502', async () => {
    const { ask, fake } = await setUp()
    await fake.close()
    expect((await ask(sentence)).statusCode).toBe(502)
    closing.length = 0
  })
})

describe('the size of the answer', () => {
  it('stays below the 6 MB of Lambda with the largest audio that is let through', async () => {
    const largest = Buffer.alloc(4_715_520, 1)
    const { ask } = await setUp({ audio: () => largest })
    const answer = await ask({ ...sentence, format: 'pcm' })
    expect(answer.statusCode).toBe(200)
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(6 * 1024 * 1024)
  })

  it('above it is told with what to do', async () => {
    const { ask } = await setUp({ audio: () => Buffer.alloc(4_715_522, 1) })
    const answer = await ask({ ...sentence, format: 'pcm' })
    expect(answer.statusCode).toBe(400)
    expect(errorOf(answer).mensagem).toContain('format=mp3')
  })
})

describe('what is refused without asking Polly', () => {
  it.each([
    ['voice', { text: 'Olá.' }],
    ['voice', { voice: ' ', text: 'Olá.' }],
    ['voice', { voice: 'Fulana', text: 'Olá.' }],
    ['text', { voice: 'Camila' }],
    ['text', { voice: 'Camila', text: '' }],
    ['text', { voice: 'Camila', text: 'a'.repeat(3_001) }],
    ['engine', { ...sentence, voice: 'Thiago', engine: 'standard' }],
    ['format', { ...sentence, format: 'wav' }],
  ])('%s of %j', async (campo, parameters) => {
    const { ask, fake } = await setUp()
    for (const event of [restEvent(parameters), httpEvent(parameters), parameters]) {
      const answer = await ask(event)
      expect(answer.statusCode).toBe(400)
      expect(errorOf(answer)).toMatchObject({ codigo: 'REQUISICAO_INVALIDA', campo })
    }
    expect(fake.requests).toHaveLength(0)
  })

  it.each(['HEAD', 'POST', 'DELETE'])('%s', async (method) => {
    const { ask } = await setUp()
    for (const event of [restEvent(sentence, method), httpEvent(sentence, method)]) {
      const answer = await ask(event)
      expect(answer).toMatchObject({ statusCode: 405, headers: { allow: 'GET' } })
    }
  })

  it.each([null, 'text', 7, ['voice']])('the event %j', async (event) => {
    const { ask } = await setUp()
    expect((await ask(event)).statusCode).toBe(400)
  })
})

describe('the log', () => {
  it('has one line a request, with what it cost and without the text', async () => {
    const { ask, logged } = await setUp()
    await ask(sentence)
    expect(logged).toEqual([
      {
        level: 'info',
        message: 'speech synthesized',
        requestId: context.awsRequestId,
        statusCode: 200,
        voice: 'Camila',
        engine: 'neural',
        format: 'mp3',
        characters: 20,
        audioBytes: mp3Silence(20 * 60).length,
        durationMs: expect.any(Number) as number,
      },
    ])
  })

  it('tells failures without the text, too', async () => {
    const { ask, fake, logged } = await setUp()
    fake.fault = { kind: 'error', statusCode: 500, name: 'ServiceFailureException', message: sentence.text }
    await ask(sentence)
    await ask({ ...sentence, format: 'Maria' })
    expect(logged).toHaveLength(2)
    expect(JSON.stringify(logged)).not.toContain('Maria')
  })
})
