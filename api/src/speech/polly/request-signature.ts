import { defaultProvider } from '@aws-sdk/credential-provider-node'
import { Hash } from '@smithy/core/serde'
import { SignatureV4, type SignatureV4Init } from '@smithy/signature-v4'
import type { RequestSigner } from './api-gateway-synthesizer.ts'

/** An API key of API Gateway, in the header that it looks at. */
export function apiKeySigner(apiKey: string): RequestSigner {
  return async () => ({ 'x-api-key': apiKey })
}

/**
 * Signature Version 4 for a function whose route asks for IAM. Credentials come from where every AWS SDK looks for them:
 * environment, files, the machine's role.
 */
export function iamSigner(options: {
  region: string
  credentials?: SignatureV4Init['credentials']
}): RequestSigner {
  const signer = new SignatureV4({
    service: 'execute-api',
    region: options.region,
    credentials: options.credentials ?? defaultProvider(),
    sha256: Hash.bind(null, 'sha256'),
  })
  return async (url) => {
    const { headers } = await signer.sign({
      method: 'GET',
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host },
    })
    const { host: _host, ...signed } = headers
    return signed
  }
}
