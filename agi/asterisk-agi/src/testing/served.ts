import {
  type AgiCall,
  type AgiHandler,
  AgiRouter,
  type AgiServer,
  type AgiServerEvent,
  type AgiServerOptions,
  createAgiServer,
} from '../index.ts'

/** A server on a free port of this machine, with what it told: for this library's own tests. */
export interface Running {
  port: number
  server: AgiServer
  events: AgiServerEvent[]
  errors: unknown[]
  /** Resolves at the next event of that type, or at one that came before. */
  event: <Type extends AgiServerEvent['type']>(type: Type) => Promise<Extract<AgiServerEvent, { type: Type }>>
}

const running: AgiServer[] = []

/** Starts a server that routes `scripts`; {@link closeServed} ends it. */
export async function serve(
  scripts: Readonly<Record<string, AgiHandler>>,
  options: Partial<AgiServerOptions> = {},
): Promise<Running> {
  const router = new AgiRouter()
  for (const [name, handler] of Object.entries(scripts)) router.script(name, handler)
  const events: AgiServerEvent[] = []
  const errors: unknown[] = []
  const waiting: (() => void)[] = []
  const server = createAgiServer({
    router,
    onError: (error) => void errors.push(error),
    onEvent: (event) => {
      events.push(event)
      for (const wake of waiting.splice(0)) wake()
    },
    ...options,
  })
  running.push(server)
  const { port } = await server.listen({ port: 0, host: '127.0.0.1' })
  const event: Running['event'] = async (type) => {
    for (;;) {
      const found = events.find((one) => one.type === type)
      if (found !== undefined) return found as never
      await new Promise<void>((resolve) => void waiting.push(resolve))
    }
  }
  return { port, server, events, errors, event }
}

/** Closes every server that {@link serve} started. */
export async function closeServed(): Promise<void> {
  await Promise.all(running.splice(0).map((server) => server.close({ drainMs: 0 })))
}

/** Stands in the middle of a call until the caller is gone. */
export async function untilGone(call: AgiCall): Promise<void> {
  call.signal.throwIfAborted()
  await new Promise<void>((_resolve, reject) => {
    call.signal.addEventListener('abort', () => reject(call.signal.reason as Error), { once: true })
  })
}
