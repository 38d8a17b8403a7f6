import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'

/**
 * Who runs where: everybody on every core, or the exchange and our services on a core each, as on a host each: what the
 * exchange bears is then its own affair in both ways of doing a call.
 */
export type CoreLayout = 'shared' | 'apart'

/** Core lists as taskset(1) takes them. */
export const coresOf: Readonly<Record<CoreLayout, { exchange: string; services: string }>> = {
  shared: { exchange: allCores(), services: allCores() },
  apart: { exchange: '0', services: '1' },
}

/** Whether this machine has the cores. */
export function hasCoresFor(layout: CoreLayout): boolean {
  return layout === 'shared' || availableParallelism() > 1
}

/** Moves all threads of a process to cores; those that it starts later follow. */
export async function moveProcess(pid: number, cores: string): Promise<void> {
  await promisify(execFile)('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, String(pid)])
}

function allCores(): string {
  return `0-${availableParallelism() - 1}`
}
