import { access, mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where Linux keeps its groups, with the file that tells what a group's processes take; version 2, then version 1. */
const HIERARCHIES = [
  { folder: '/sys/fs/cgroup', usage: 'memory.current' },
  { folder: '/sys/fs/cgroup/memory', usage: 'memory.usage_in_bytes' },
] as const

let groupsMade = 0

/**
 * A memory control group of Linux with one process in it: what the kernel charges to that process, its own memory and
 * what the kernel holds for it, such as its sockets (Documentation/admin-guide/cgroup-v2.rst, "memory.current").
 */
export class MemoryGroup {
  readonly #folder: string
  readonly #usage: string

  private constructor(folder: string, usage: string) {
    this.#folder = folder
    this.#usage = usage
  }

  /** Puts a process into a group of its own; null where that isn't allowed (it takes root). What it had before isn't counted. */
  static async around(pid: number): Promise<MemoryGroup | null> {
    for (const { folder, usage } of HIERARCHIES) {
      const group = await makeGroup(folder, usage)
      if (group === null) continue
      await writeFile(join(group, 'cgroup.procs'), String(pid))
      return new MemoryGroup(group, usage)
    }
    return null
  }

  /** What is charged to the group now, in bytes. */
  async usageBytes(): Promise<number> {
    return Number(await readFile(join(this.#folder, this.#usage), 'utf8'))
  }

  /** Removes the group, once its process has ended. */
  async remove(): Promise<void> {
    await rmdir(this.#folder)
  }
}

async function makeGroup(parent: string, usage: string): Promise<string | null> {
  groupsMade += 1
  const folder = join(parent, `ura-bench-${process.pid}-${groupsMade}`)
  try {
    await mkdir(folder)
  } catch {
    return null
  }
  try {
    await access(join(folder, usage))
    return folder
  } catch {
    await rmdir(folder)
    return null
  }
}
