import { createHandler, type Handler } from '@ura/synthesize-speech/handler'
import { createPollyClient } from '@ura/synthesize-speech/polly-client'
import { type FakePolly, type FakePollyOptions, startFakePolly } from './fake-polly.ts'
import { type FakeService, FakeServiceError, startFakeService } from './fake-service.ts'
import { fakeCredentials, signatureFault } from './signature.ts'

/** The real function with the real client of Polly, on a fake Polly. */
export interface SpeechFunction {
  handler: Handler
  polly: FakePolly
  close(): Promise<void>
}

const region = 'sa-east-1'
/** As Lambda gives them; Lambda would end the invocation after five seconds. */
const context = { awsRequestId: 'fake-invocation', getRemainingTimeInMillis: () => 5_000 }

export const fakeApiKey = 'api-key-of-the-tests'
export const fakeFunctionName = 'synthesize-speech'

/** @param options.timeoutMs The function's own patience with Polly. */
export async function startSpeechFunction(
  options: FakePollyOptions & { timeoutMs?: number } = {},
): Promise<SpeechFunction> {
  const polly = await startFakePolly(options)
  const client = createPollyClient({ region, endpoint: polly.url, credentials: fakeCredentials })
  const { timeoutMs = 1_000 } = options
  const handler = createHandler({ polly: client, lexiconNames: [], timeoutMs, log: () => {} })
  return {
    handler,
    polly,
    async close() {
      client.destroy()
      await polly.close()
    },
  }
}

/** API Gateway in front of the function, open to who has the API key or signs. */
export async function startFakeApiGateway({
  handler,
}: Pick<SpeechFunction, 'handler'>): Promise<FakeService> {
  return await startFakeService({
    service: 'execute-api',
    refuse: (request) =>
      request.headers['x-api-key'] === fakeApiKey ? null : signatureFault(request, 'execute-api'),
    async answer({ method, url }) {
      const { pathname, searchParams } = new URL(url, 'http://gateway')
      const { statusCode, headers, body, isBase64Encoded } = await handler(
        {
          httpMethod: method,
          path: pathname,
          queryStringParameters: Object.fromEntries(searchParams),
          multiValueQueryStringParameters: null,
        },
        context,
      )
      return { statusCode, headers, body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8') }
    },
  })
}

/** Lambda's `POST /2015-03-31/functions/{name}/invocations`. */
export async function startFakeLambda({ handler }: Pick<SpeechFunction, 'handler'>): Promise<FakeService> {
  return await startFakeService({
    service: 'lambda',
    async answer({ method, url, body }) {
      if (method !== 'POST' || url !== `/2015-03-31/functions/${fakeFunctionName}/invocations`) {
        throw new FakeServiceError('ResourceNotFoundException', 'Function not found', 404)
      }
      const answer = await handler(JSON.parse(body.toString()), context)
      return {
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify(answer)),
      }
    },
  })
}
