import { PollyClient, type PollyClientConfig } from '@aws-sdk/client-polly'
import { NodeHttpHandler } from '@smithy/node-http-handler'

/** A TLS connection within one region takes some 10 ms; what takes a second will not be had in time. */
const connectionTimeoutMs = 1_000

/**
 * The SDK's client with one attempt a request: the API that asks repeats within the budget of the call, and two who
 * repeat multiply. By HTTP/1.1 with a connection that is kept: the client's own default is HTTP/2 for the sake of a
 * streaming operation that isn't used here, with a session of its own for each request. Region, credentials and
 * endpoint come from Lambda's environment unless given.
 */
export function createPollyClient(
  options: Pick<PollyClientConfig, 'region' | 'credentials' | 'endpoint'> = {},
): PollyClient {
  return new PollyClient({
    ...options,
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({ connectionTimeout: connectionTimeoutMs }),
  })
}
