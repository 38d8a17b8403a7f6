import { setTimeout as delay } from 'node:timers/promises'
import { type AgiCall, AgiError, AgiHangupError, AgiRouter, createAgiServer } from 'asterisk-agi'
import { seededRandom } from '../listening/noise-prompts.ts'
import { waitingCommands } from './waiting-commands.ts'

/**
 * A FastAGI server in a process of its own, started with an IPC channel: so that it can be killed, and so that what
 * it leaves behind is its own and nothing of the test's.
 */

/** What the server has in its books; all of it is at rest when no call is. */
export type ServerBooks = {
  activeCalls: number
  waitingCalls: number
  /** Promises of commands that handlers hold, and those that have settled. */
  promises: { issued: number; settled: number }
  /** Commands that onCommand was told of, the library's own questions left out. */
  reported: number
  /** Calls by how they ended. */
  ended: Record<string, number>
  /** What onError was told. */
  errors: string[]
  /** What keeps the process alive, by kind (`process.getActiveResourcesInfo`). */
  resources: Record<string, number>
}

/** What the process tells. */
export type ServerMessage =
  | { kind: 'listening'; port: number }
  | { kind: 'started'; channel: string }
  | { kind: 'outcome'; command: string; outcome: unknown }
  | { kind: 'books'; books: ServerBooks }

/** What the process is asked. */
export type ServerRequest = 'books' | 'close'

const crowdCommandsMax = 200

const promises = { issued: 0, settled: 0 }
const ended: Record<string, number> = {}
const errors: string[] = []
let reported = 0

function tell(message: ServerMessage): void {
  process.send?.(message)
}

function counted<Result>(command: Promise<Result>): Promise<Result> {
  const settle = () => void (promises.settled += 1)
  promises.issued += 1
  command.then(settle, settle)
  return command
}

/** What a handler still does when its caller is gone. */
async function cleanUp(call: AgiCall): Promise<void> {
  await counted(call.setVariable('URA_RESULT', 'abandoned')).catch((error: unknown) => {
    // With AGIEXITONHANGUP=yes there is nobody left to tell.
    if (!(error instanceof AgiHangupError)) throw error
  })
}

async function waitInCommand(call: AgiCall, name: string): Promise<void> {
  const command = waitingCommands[name]
  if (command === undefined) throw new Error(`no command ${name}`)
  const outcome = await counted(command.issue(call)).catch((error: unknown) => {
    if (error instanceof AgiError) return error.code
    throw error
  })
  tell({ kind: 'outcome', command: name, outcome })
  await cleanUp(call)
}

/** One thing after another, as the number of the call decides, until the caller is gone. */
async function wander(call: AgiCall): Promise<void> {
  const random = seededRandom(`handler ${call.environment.extension}`)
  // EXEC runs on a dead channel too, and Wait() then takes its whole time (seen on 22.10.1).
  const { exec: _exec, ...interruptible } = waitingCommands
  const ways: ((call: AgiCall) => Promise<unknown>)[] = [
    ...Object.values(interruptible).map(({ issue }) => issue),
    () => call.exec('Wait', '0.5'),
    () => call.waitForDigit(50),
    () => call.setVariables({ URA_USER: '1001', URA_DISPLAY: 'João "Zé"' }),
    () => call.getVariables(['URA_USER', 'URA_DISPLAY', 'CHANNEL(linkedid)']),
    () => call.exec('NoOp', 'x'),
    () => delay(50, undefined, { signal: call.signal }),
    () => Promise.all([call.streamFile('ura/blip'), call.noop(), call.getVariable('URA_USER')]),
  ]
  try {
    await counted(call.answer())
    for (let count = 0; count < crowdCommandsMax; count += 1) {
      await counted(ways[Math.floor(random() * ways.length)]!(call))
    }
  } catch (error) {
    if (!call.signal.aborted) throw error
    await cleanUp(call)
  }
}

const router = new AgiRouter()
  .script('helpdesk', async (call) => void (await counted(call.streamFile('ura/long'))))
  .pattern(/waits\/(?<command>.+)/, (call, { command = '' }) => waitInCommand(call, command))
  .script('crowd', wander)

const server = createAgiServer({
  router,
  onError: (error) => void errors.push(String(error)),
  onCommand: ({ verb }) => void (reported += verb === 'CHANNEL STATUS' ? 0 : 1),
  onEvent: (event) => {
    if (event.type === 'call-started') tell({ kind: 'started', channel: event.call.environment.channel })
    if (event.type === 'call-ended') ended[event.outcome] = (ended[event.outcome] ?? 0) + 1
  },
})

function countBooks(): ServerBooks {
  const resources: Record<string, number> = {}
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1
  const { activeCalls, waitingCalls } = server
  return { activeCalls, waitingCalls, promises: { ...promises }, reported, ended, errors, resources }
}

process.on('message', (request: ServerRequest) => {
  if (request === 'books') tell({ kind: 'books', books: countBooks() })
  // Nothing ends the process but that nothing is left in it.
  else void server.close({ drainMs: 0 }).then(() => process.disconnect())
})

// Node opens it when the first socket closes (lib/net.js, _destroy): so it is there before anything is counted.
void process.stderr

const { port } = await server.listen({ port: 0, host: '127.0.0.1' })
tell({ kind: 'listening', port })
