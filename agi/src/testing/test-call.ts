import type { Environment } from '@ura/core/configuration'
import { onTestFinished } from 'vitest'
import type { FakeTicketApi } from './fake-ticket-api.ts'
import type { FinishedCall, TelephoneOptions } from './telephone.ts'
import { TestLine } from './test-line.ts'

/** A line to a service on this ticket API; closed with the test. Its log's lines go to `logged`. */
export async function openLine(
  { api }: FakeTicketApi,
  logged: string[] = [],
  environment: Environment = {},
): Promise<TestLine> {
  const line = await TestLine.open(api, logged, environment)
  onTestFinished(() => line.close())
  return line
}

/** One call against a ticket API; its record is there when this resolves. */
export async function callOnce(
  fake: FakeTicketApi,
  keys: string,
  options?: TelephoneOptions & { environment?: Readonly<Record<string, string>> },
): Promise<FinishedCall> {
  const line = await openLine(fake, [], options?.environment)
  const result = await line.telephone.call(keys, options)
  await line.close()
  return result
}
