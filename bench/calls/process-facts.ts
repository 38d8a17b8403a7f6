import { readdir, readFile, readlink } from 'node:fs/promises'

/** What Linux tells of a process in /proc (man 5 proc). */

/** Fields of /proc/PID/stat behind the command's name, from 0. */
const field = { parentPid: 1, userTicks: 11, systemTicks: 12, childUserTicks: 13, childSystemTicks: 14 }

/** Linux tells times in hundredths of a second to every program (USER_HZ). */
const tickUs = 10_000

/** User and system time of a process so far, all its threads, in microseconds. */
export async function cpuUsOf(pid: number): Promise<number> {
  const fields = await statOf(pid)
  return ((fields[field.userTicks] ?? 0) + (fields[field.systemTicks] ?? 0)) * tickUs
}

/** The same of its children that have ended, and of theirs. */
export async function childrenCpuUsOf(pid: number): Promise<number> {
  const fields = await statOf(pid)
  return ((fields[field.childUserTicks] ?? 0) + (fields[field.childSystemTicks] ?? 0)) * tickUs
}

/** Resident memory in bytes. */
export async function residentBytesOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024
}

/** Open sockets, and all other open files. */
export async function openFilesOf(pid: number): Promise<{ sockets: number; files: number }> {
  const folder = `/proc/${pid}/fd`
  const targets = await Promise.all(
    // One that closed since it was listed is not open.
    (await readdir(folder)).map((name) => readlink(`${folder}/${name}`).catch(() => null)),
  )
  const open = targets.filter((target) => target !== null)
  const sockets = open.filter((target) => target.startsWith('socket:')).length
  return { sockets, files: open.length - sockets }
}

/** The process of that name below another. @throws Error when there is none. */
export async function descendantNamed(pid: number, name: string): Promise<number> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number)
  const parents = new Map<number, number>()
  for (const each of pids) {
    const fields = await statOf(each).catch(() => [])
    parents.set(each, fields[field.parentPid] ?? 0)
  }
  for (const each of pids) {
    if (isBelow(each, pid, parents) && (await nameOf(each)) === name) return each
  }
  throw new Error(`No process ${name} runs below ${pid}`)
}

function isBelow(pid: number, ancestor: number, parents: ReadonlyMap<number, number>): boolean {
  for (let each = parents.get(pid) ?? 0; each > 0; each = parents.get(each) ?? 0) {
    if (each === ancestor) return true
  }
  return false
}

async function nameOf(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim()
}

/** State letter first, which is no number. */
async function statOf(pid: number): Promise<number[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
}
