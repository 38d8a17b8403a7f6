import { createEspeakSynthesizer } from '@ura/api/speech/espeak-synthesizer'
import { createApiGatewaySynthesizer } from '@ura/api/speech/polly/api-gateway-synthesizer'
import { createLambdaSynthesizer } from '@ura/api/speech/polly/lambda-synthesizer'
import { apiKeySigner, iamSigner } from '@ura/api/speech/polly/request-signature'
import type { Synthesizer } from '@ura/api/speech/synthesizer'
import type { FakePolly } from '../support/fake-aws/fake-polly.ts'
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
const timeoutMs = 900
const functionTimeoutMs = 500

export async function startEspeak(): Promise<Subject> {
  const synthesizer = createEspeakSynthesizer()
  return { synthesizer, voice: 'pt-br', close: () => synthesizer.close() }
}

export async function startApiGateway(
  authorization: 'key' | 'iam' | 'wrong key' = 'key',
): Promise<CloudSubject> {
  const speech = await startSpeechFunction({ timeoutMs: functionTimeoutMs })
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
  options: { functionName?: string; secretAccessKey?: string } = {},
): Promise<CloudSubject> {
  const { functionName = fakeFunctionName, secretAccessKey = fakeCredentials.secretAccessKey } = options
  const speech = await startSpeechFunction({ timeoutMs: functionTimeoutMs })
  const door = await startFakeLambda(speech)
  const synthesizer = createLambdaSynthesizer({
    functionName,
    timeoutMs,
    client: { region, endpoint: door.url, credentials: { ...fakeCredentials, secretAccessKey } },
  })
  return cloud(synthesizer, { door, speech })
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
