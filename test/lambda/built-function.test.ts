import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { mp3Silence } from '../support/fake-aws/fake-audio.ts'
import { type FakePolly, startFakePolly } from '../support/fake-aws/fake-polly.ts'
import { fakeCredentials } from '../support/fake-aws/signature.ts'
import { buildFunction, type BuiltFunction, invokeBuilt } from './built-function.ts'
import { restEvent } from './lambda-events.ts'

/** The file that is deployed, in a process of its own, with only what Lambda's environment gives it. */
describe('the built function', () => {
  let built: BuiltFunction
  let polly: FakePolly

  beforeAll(async () => {
    built = await buildFunction()
  })
  afterAll(() => built.remove())
  beforeEach(async () => {
    polly = await startFakePolly({ engines: ['standard'], lexicons: ['helpdesk'] })
  })
  afterEach(() => polly.close())

  const environment = () => ({
    AWS_REGION: 'sa-east-1',
    AWS_LAMBDA_FUNCTION_NAME: 'synthesize-speech',
    AWS_ACCESS_KEY_ID: fakeCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: fakeCredentials.secretAccessKey,
    AWS_SESSION_TOKEN: 'session',
    AWS_ENDPOINT_URL_POLLY: polly.url,
  })

  it('speaks, with nothing installed beside it', async () => {
    const event = restEvent({ voice: 'Vitória', text: 'Chamado aberto.' })
    const { answer, log } = await invokeBuilt(built.folder, event, {
      ...environment(),
      LEXICON_NAMES: 'helpdesk',
    })
    expect(answer).toMatchObject({ statusCode: 200, isBase64Encoded: true })
    expect(Buffer.from(answer.body, 'base64')).toEqual(mp3Silence(15 * 60))
    expect(polly.spoken.at(-1)).toMatchObject({ VoiceId: 'Vitoria', LexiconNames: ['helpdesk'] })
    expect(polly.requests[0]?.headers['x-amz-security-token']).toBe('session')
    expect(log).toMatchObject([{ statusCode: 200, engine: 'standard', requestId: 'invocation-1' }])
  })

  it('keeps its time limit', async () => {
    polly.fault = { kind: 'stall' }
    const { answer, log } = await invokeBuilt(built.folder, restEvent({ voice: 'Camila', text: 'Oi.' }), {
      ...environment(),
      SYNTHESIS_TIMEOUT_MS: '200',
    })
    expect(answer.statusCode).toBe(502)
    expect(log).toMatchObject([{ level: 'error', fault: 'AbortError' }])
  })

  it('does not start with a configuration at fault', async () => {
    const faulty = { ...environment(), LEXICON_NAMES: 'not-a-name', SYNTHESIS_TIMEOUT_MS: 'soon' }
    await expect(invokeBuilt(built.folder, {}, faulty)).rejects.toThrow(
      /LEXICON_NAMES must be[\s\S]*SYNTHESIS_TIMEOUT_MS/,
    )
  })

  it('is one readable file below 1 MB with the licences of what is in it', async () => {
    expect((await readdir(built.folder)).toSorted()).toEqual([
      'LICENSE',
      'THIRD-PARTY-LICENSES.txt',
      'main.mjs',
    ])
    const code = await readFile(join(built.folder, 'main.mjs'), 'utf8')
    expect(Buffer.byteLength(code)).toBeLessThan(1_000_000)
    expect(code).toContain('function createHandler(')
    const licences = await readFile(join(built.folder, 'THIRD-PARTY-LICENSES.txt'), 'utf8')
    expect(licences).toMatch(/^@aws-sdk\/client-polly 3\.\d+\.\d+ \(Apache-2\.0\)$/m)
    expect(built.report).toMatch(/^dist\/main\.mjs: \d+ kB \(\d+ kB compressed\)/m)
  })
})
