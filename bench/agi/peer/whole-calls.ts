import { SCRIPT } from '../call-script.ts'
import { openPeerCall } from './peer-call.ts'

const REPLIES = SCRIPT.map(({ reply }) => reply)

/**
 * Takes calls through the script, some at once, until the server has ended `calls` of them. Never sleeps meanwhile: a
 * write that wakes its reader costs several µs more, and of two servers only the slower one would pay that, for the
 * faster one leaves its peer no time to sleep.
 *
 * @throws Error when a connection breaks, or the server ends a call after another number of commands.
 */
export async function runCalls(input: {
  port: number
  calls: number
  callsAtOnce: number
  commandsPerCall: number
}): Promise<{ elapsedMs: number }> {
  const { port, calls, callsAtOnce, commandsPerCall } = input
  let started = 0
  const began = performance.now()
  const line = async (): Promise<void> => {
    while (started < calls) {
      started += 1
      const commands = await runCall(port)
      if (commands !== commandsPerCall) throw new Error(`A call ended after ${commands} commands`)
    }
  }
  const sleep = keepAwake()
  try {
    await Promise.all(Array.from({ length: callsAtOnce }, line))
  } finally {
    sleep()
  }
  return { elapsedMs: performance.now() - began }
}

/** Lets the event loop ask for news without ever waiting for it, until what it gives is called. */
function keepAwake(): () => void {
  let isAwake = true
  const turn = (): void => {
    if (isAwake) setImmediate(turn)
  }
  turn()
  return () => {
    isAwake = false
  }
}

function runCall(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let commands = 0
    openPeerCall({
      port,
      onCommand: (socket) => {
        socket.write(REPLIES[commands % REPLIES.length] ?? '')
        commands += 1
      },
      onClose: (error) => (error === null ? resolve(commands) : reject(error)),
    })
  })
}

/** All that a server writes in one call. */
export function transcriptOfCall({ port }: { port: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    let commands = 0
    const socket = openPeerCall({
      port,
      onCommand: () => {
        socket.write(REPLIES[commands % REPLIES.length] ?? '')
        commands += 1
      },
      onClose: (error) => (error === null ? resolve(text) : reject(error)),
    })
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
  })
}
