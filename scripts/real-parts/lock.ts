import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Runs `work` while no other process of this machine runs it for the same lock file; waits up to `waitSeconds`.
 * The lock is the kernel's, by `flock(1)`: it ends with this process even when that is killed.
 *
 * @throws Error when the lock isn't free in time.
 */
export async function withLock<T>(
  options: { file: string; waitSeconds: number },
  work: () => Promise<T>,
): Promise<T> {
  // `cat` holds the lock until its standard input closes, which the death of this process does too.
  const holder = spawn(
    'flock',
    [
      '--exclusive',
      '--timeout',
      String(options.waitSeconds),
      options.file,
      'sh',
      '-c',
      'echo held; exec cat',
    ],
    { stdio: ['pipe', 'pipe', 'ignore'] },
  )
  const ended = once(holder, 'close')
  const held = await Promise.race([once(holder.stdout, 'data').then(() => true), ended.then(() => false)])
  if (!held) throw new Error(`another process has held ${options.file} for over ${options.waitSeconds} s`)
  try {
    return await work()
  } finally {
    holder.stdin.end()
    await ended
  }
}
