import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** How long the processes of a killed group may take to be gone. */
const goneMsMax = 2_000
const goneCheckMs = 20

/** Sends SIGKILL to a process group; resolves when none of it runs any more, or after 2 s. */
export async function killGroup(groupId: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < goneMsMax; waitedMs += goneCheckMs) {
    try {
      process.kill(-groupId, 'SIGKILL')
    } catch {
      return // nobody there
    }
    await delay(goneCheckMs)
    // What nobody waits for stays in the group as a zombie, as in a container whose first process is the gateway.
    if (runningInGroup(groupId)?.length === 0) {
      return
    }
  }
}

/** The processes of a group that run, by proc(5); null where there is no /proc. */
export function runningInGroup(groupId: number): number[] | null {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => {
        const stat = statOf(pid)
        return stat !== null && stat.groupId === groupId && stat.state !== 'Z' && stat.state !== 'X'
      })
  } catch {
    return null
  }
}

/** When a process began, in clock ticks since the machine's start; null when there is none, or no /proc. */
export function startTimeOf(pid: number): string | null {
  return statOf(pid)?.startTime ?? null
}

function statOf(pid: number): { state: string; groupId: number; startTime: string } | null {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return null
  }
  // The second field is a name in parentheses that may hold anything; counted from the third one: 0 state, 2 group,
  // 19 start time.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state = '', , groupId = '0'] = fields
  return { state, groupId: Number(groupId), startTime: fields[19] ?? '' }
}
