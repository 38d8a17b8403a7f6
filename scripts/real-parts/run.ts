import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { CommandLine } from './chroot.ts'
import { commandEnvironment } from './config.ts'

/** Receives one line of progress, made for people. */
export type Report = (line: string) => void

const linesKept = 15
const lineCharactersMax = 160

/**
 * Runs a command to its end and tells its output line by line.
 *
 * @throws Error with the last lines of output when the command can't start, ends with another status than 0, or
 * isn't done after `timeoutMs` (it is then killed).
 */
export async function run(command: CommandLine & { timeoutMs: number; report?: Report }): Promise<void> {
  const lastLines: string[] = []
  const child = spawn(command.file, command.args, {
    env: commandEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: command.timeoutMs,
    killSignal: 'SIGKILL',
  })
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      const short = line.slice(0, lineCharactersMax)
      lastLines.push(short)
      if (lastLines.length > linesKept) lastLines.shift()
      command.report?.(short)
    })
  }
  const name =
    command.args
      .filter((argument) => !argument.includes('\n'))
      .slice(-6)
      .join(' ') || command.file
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  child.once('error', (error) => reject(new Error(`${name}: ${error.message}`, { cause: error })))
  child.once('close', (status, signal) => {
    if (status === 0) return resolve()
    reject(new Error(`${name}: ended with ${signal ?? `status ${status}`}\n${lastLines.join('\n')}`))
  })
  return promise
}

/** Whether a command can be started and ends with status 0 within 10 s. */
export async function succeeds(file: string, ...args: string[]): Promise<boolean> {
  return run({ file, args, timeoutMs: 10_000 }).then(
    () => true,
    () => false,
  )
}
