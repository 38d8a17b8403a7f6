import { type AgiHandler, AgiRouter, type AgiServer, createAgiServer } from '../index.ts'
import { type FakeCall, type FakeCallOptions, fakeCall } from './fake-call.ts'

let server: AgiServer | null = null

/** Calls a handler that is all there is behind the server. */
export async function callTo(
  handler: AgiHandler,
  options: Omit<FakeCallOptions, 'port'> = {},
): Promise<FakeCall> {
  server = createAgiServer({ router: new AgiRouter().default(handler) })
  const { port } = await server.listen({ port: 0, host: '127.0.0.1' })
  return fakeCall({ port, speed: Infinity, ...options })
}

/** What `handler` gives in a fake call, with the call. */
export async function run<T>(
  handler: (call: Parameters<AgiHandler>[0]) => Promise<T>,
  options: Omit<FakeCallOptions, 'port'> = {},
): Promise<{ result: T | undefined; fake: FakeCall; agiStatus: string }> {
  let result: T | undefined
  const fake = await callTo(async (call) => {
    result = await handler(call)
  }, options)
  const { agiStatus } = await fake.ended
  return { result, fake, agiStatus }
}

/** Closes the server behind the last call. */
export async function closeCalled(): Promise<void> {
  await server?.close({ drainMs: 0 })
  server = null
}
