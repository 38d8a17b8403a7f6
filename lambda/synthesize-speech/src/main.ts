import { readConfig } from './config.ts'
import { createHandler, type Handler } from './handler.ts'
import { createPollyClient } from './polly-client.ts'

/** What Lambda calls: `main.handler`. */
export const handler: Handler = createHandler({
  ...readConfig(process.env),
  polly: createPollyClient(),
  log: (entry) => process.stdout.write(`${JSON.stringify(entry)}\n`),
})
