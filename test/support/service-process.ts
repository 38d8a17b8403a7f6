import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { CommandLine } from '../../scripts/real-parts/chroot.ts'

/** A service in a process of its own. */
export interface ServiceProcess {
  readonly url: string
  readonly pid: number
  /** Its log so far, one JSON object a line. */
  readonly logLines: readonly string[]
  kill(signal: NodeJS.Signals): void
  /** Its exit code, or null when a signal ended it. */
  readonly ended: Promise<number | null>
  /** Kills it when it is still there. */
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts the service of a script and waits until it says in its log where it listens.
 *
 * @param options.environment all that it sees beside PATH
 * @param options.wrap makes the command another one that ends in it, in the same process
 * @throws Error with what it said when it ends before
 */
export async function startServiceProcess(options: {
  script: URL
  environment: Readonly<Record<string, string>>
  wrap?: (command: string[]) => CommandLine
}): Promise<ServiceProcess> {
  const script = fileURLToPath(options.script)
  const { file, args } = options.wrap?.([process.execPath, script]) ?? {
    file: process.execPath,
    args: [script],
  }
  const child = spawn(file, args, {
    env: {
      PATH: process.env['PATH'],
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const logLines: string[] = []
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (errors = (errors + text).slice(-4_000)))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const { promise: listening, resolve } = Promise.withResolvers<string>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    logLines.push(line)
    const url = / is listening at (http:[^"]+)/.exec(line)?.[1]
    if (url !== undefined) {
      resolve(url)
    }
  })
  const url = await Promise.race([listening, ended.then(() => null)])
  if (url === null) {
    throw new Error(`The service did not start:\n${errors}${logLines.slice(-5).join('\n')}`)
  }
  return {
    url,
    pid: child.pid ?? 0,
    logLines,
    ended,
    kill: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
