import { createEspeakSynthesizer } from '@ura/api/speech/espeak-synthesizer'
import { createApiGatewaySynthesizer } from '@ura/api/speech/polly/api-gateway-synthesizer'
import { createLambdaSynthesizer } from '@ura/api/speech/polly/lambda-synthesizer'
import { apiKeySigner, iamSigner } from '@ura/api/speech/polly/request-signature'
import type { Synthesizer } from '@ura/api/speech/synthesizer'
import type { FakePolly, FakePollyOptions } from '../support/fake-aws/fake-polly.ts'
import type { FakeService } from '../support/fake-aws/fake-service.ts'
import { fakeCredentials } from '../support/fake-aws/signature.ts'
import {
  fakeApiKey,
  fakeFunctionName,
  startFakeApiGateway,
  startFakeLambda,
  startSpeechFunction,
} from '../support/fake-aws/speech-function.ts'

/** A synthesizer ready to speak, with what it speaks by. */
export interface Subject {
  synthesizer: Synthesizer
  voice: string
  close(): Promise<void>
}

/** One whose sound comes from AWS: the services in between can be made to fail. */
export interface CloudSubject extends Subject {
  polly: FakePolly
  /** API Gateway or Lambda. */
  door: FakeService
}

const region = 'sa-east-1'
/** So short that a test of silence ends soon; the function has less, so that it is the first to give up. */
const shortTimeoutMs = 900
const functionTimeoutMs = 500

/** What a test may choose of the AWS in between. */
export interface CloudOptions {
  /** What Polly says; default a tone. */
  audio?: FakePollyOptions['audio']
  /** The patience of the adapter, default 900 ms; the function's is a little less. */
  timeoutMs?: number
}

export async function startEspeak(): Promise<Subject> {
  const synthesizer = createEspeakSynthesizer()
  return { synthesizer, voice: 'pt-br', close: () => synthesizer.close() }
}

export async function startApiGateway(
  authorization: 'key' | 'iam' | 'wrong key' = 'key',
  options: CloudOptions = {},
): Promise<CloudSubject> {
  const timeoutMs = options.timeoutMs ?? shortTimeoutMs
  const speech = await startSpeechFunction(functionOptions(options))
  const door = await startFakeApiGateway(speech)
  const synthesizer = createApiGatewaySynthesizer({
    url: `${door.url}/v1/speech`,
    timeoutMs,
    authorize:
      authorization === 'iam'
        ? iamSigner({ region, credentials: fakeCredentials })
        : apiKeySigner(authorization === 'key' ? fakeApiKey : 'another'),
  })
  return cloud(synthesizer, { door, speech })
}

export async function startLambda(
  options: CloudOptions & { functionName?: string; secretAccessKey?: string } = {},
): Promise<CloudSubject> {
  const timeoutMs = options.timeoutMs ?? shortTimeoutMs
  const { functionName = fakeFunctionName, secretAccessKey = fakeCredentials.secretAccessKey } = options
  const speech = await startSpeechFunction(functionOptions(options))
  const door = await startFakeLambda(speech)
  const synthesizer = createLambdaSynthesizer({
    functionName,
    timeoutMs,
    client: { region, endpoint: door.url, credentials: { ...fakeCredentials, secretAccessKey } },
  })
  return cloud(synthesizer, { door, speech })
}

function functionOptions({ audio, timeoutMs }: CloudOptions): FakePollyOptions & { timeoutMs: number } {
  const ownTimeoutMs = timeoutMs === undefined ? functionTimeoutMs : timeoutMs - 400
  return { timeoutMs: ownTimeoutMs, ...(audio === undefined ? {} : { audio }) }
}

function cloud(
  synthesizer: Synthesizer,
  { door, speech }: { door: FakeService; speech: { polly: FakePolly; close(): Promise<void> } },
): CloudSubject {
  return {
    synthesizer,
    voice: 'Camila',
    polly: speech.polly,
    door,
    async close() {
      await synthesizer.close?.()
      await door.close()
      await speech.close()
    },
  }
}
