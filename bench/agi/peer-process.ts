import { serveTasks } from '../harness/task-process.ts'
import { HeldCalls } from './peer/held-calls.ts'
import { runCalls, transcriptOfCall } from './peer/whole-calls.ts'
import { measureTurns } from './peer/turns.ts'

/** The other side of every call, alone in its process: a bare TCP client that says what Asterisk would. */
const held = new HeldCalls()

const tasks = {
  runCalls,
  transcriptOfCall,
  measureTurns,
  hold: (input: { port: number; calls: number }) => held.open(input),
  release: () => held.release(),
  /** Resolves when every held call is gone. */
  untilReleased: () => held.gone(),
}

/** What the process can be asked for. */
export type PeerTasks = typeof tasks

serveTasks(tasks)
