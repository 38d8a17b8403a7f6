/** The tests that hold on each database alike: all of the API's but those that never reach one, and the gateway's outbox. */
export const contractTests = ['api/src/**/*.test.ts', 'whatsapp-gateway/src/outbox/contract/*.test.ts']

/** Speech knows no database; the rest is about SQLite's own file, or pure. */
export const exceptContractTests = [
  'api/src/speech/**',
  'api/src/audio/**',
  'api/src/gateway/**',
  'api/src/http/**',
  'api/src/openapi/**',
  // Headers and addresses, refused before any database is asked.
  'api/src/authentication/attacks.test.ts',
  'api/src/listing/cursor.test.ts',
  'api/src/webhooks/webhook-request.test.ts',
  'api/src/*.test.ts',
  'api/src/database/connection.test.ts',
  'api/src/database/migrations.test.ts',
]

/** What concerns servers alone: connections that break, changes of the schema that commit by themselves. */
export const serverTests = [
  'api/src/database/contract/server-*.test.ts',
  'whatsapp-gateway/src/outbox/contract/server-*.test.ts',
]
