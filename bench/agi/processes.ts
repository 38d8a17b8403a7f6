import { startProcess, type TaskProcess } from '../harness/task-process.ts'
import type { PeerTasks } from './peer-process.ts'
import type { ServerTasks } from './server-process.ts'
import type { ServerKind } from './servers.ts'

/** Starts a server under test in a process of its own; see `startServer` for `rounds`. */
export function startServerProcess(
  kind: ServerKind,
  rounds: number,
  options: { nodeOptions?: string[]; env?: Readonly<Record<string, string>> } = {},
): TaskProcess<ServerTasks> {
  return startProcess(new URL('server-process.ts', import.meta.url), {
    args: [kind, String(rounds)],
    ...options,
  })
}

/** Starts what plays Asterisk, in a process of its own. */
export function startPeerProcess(): TaskProcess<PeerTasks> {
  return startProcess(new URL('peer-process.ts', import.meta.url))
}
