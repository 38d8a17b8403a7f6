import { vi } from 'vitest'
import { pcmTone } from './fake-aws/fake-audio.ts'
import type { FakeFault, FakeService } from './fake-aws/fake-service.ts'
import { fakeCredentials } from './fake-aws/signature.ts'
import {
  fakeApiKey,
  fakeFunctionName,
  startFakeApiGateway,
  startFakeLambda,
  startSpeechFunction,
} from './fake-aws/speech-function.ts'

/** A way to the function that speaks with Polly, all of it on this machine, and what the API needs to take it. */
export interface PollyDoor {
  door: FakeService
  environment: Readonly<Record<string, string>>
  /** A fault: the function answers 200 with this. */
  lie: (contentType: string, body: Buffer) => FakeFault
  close(): Promise<void>
}

/** Whatever the text: a menu as long as it is spoken would take a good part of a second to finish. */
const briefTone = (): Buffer => pcmTone(500, 16_000)

export const pollyDoors = { 'api-gateway': openApiGateway, lambda: openLambda }

async function openApiGateway(): Promise<PollyDoor> {
  const speech = await startSpeechFunction({ audio: briefTone })
  const door = await startFakeApiGateway(speech)
  return {
    door,
    environment: {
      SPEECH_SYNTHESIZER: 'api-gateway',
      SPEECH_URL: `${door.url}/v1/speech`,
      SPEECH_API_KEY: fakeApiKey,
    },
    lie: (contentType, body) => ({ kind: 'lie', contentType, body }),
    close: () => closeBoth(door, speech),
  }
}

/** The client of AWS finds address and credentials in the environment of the process: to be undone by `vi.unstubAllEnvs`. */
async function openLambda(): Promise<PollyDoor> {
  const speech = await startSpeechFunction({ audio: briefTone })
  const door = await startFakeLambda(speech)
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', door.url)
  vi.stubEnv('AWS_ACCESS_KEY_ID', fakeCredentials.accessKeyId)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', fakeCredentials.secretAccessKey)
  return {
    door,
    environment: {
      SPEECH_SYNTHESIZER: 'lambda',
      SPEECH_FUNCTION: fakeFunctionName,
      AWS_REGION: 'sa-east-1',
    },
    lie(contentType, body) {
      const answer = {
        statusCode: 200,
        headers: { 'content-type': contentType },
        body: body.toString('base64'),
        isBase64Encoded: true,
      }
      return { kind: 'lie', contentType: 'application/json', body: Buffer.from(JSON.stringify(answer)) }
    },
    close: () => closeBoth(door, speech),
  }
}

async function closeBoth(door: FakeService, speech: { close(): Promise<void> }): Promise<void> {
  await door.close()
  await speech.close()
}
