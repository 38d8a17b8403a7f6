import { PollyClient } from '@aws-sdk/client-polly'
import { readConfig } from './config.ts'
import { createHandler, type Handler } from './handler.ts'

const config = readConfig(process.env)

/** What Lambda calls: `main.handler`. Region and credentials are those of the function. */
export const handler: Handler = createHandler({
  ...config,
  // One attempt: the API that asks repeats within the budget of the call, and two who repeat multiply.
  polly: new PollyClient({ maxAttempts: 1, requestHandler: { connectionTimeout: 1_000 } }),
  log: (entry) => process.stdout.write(`${JSON.stringify(entry)}\n`),
})
