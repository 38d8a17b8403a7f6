import { execFile, type ExecFileException } from 'node:child_process'

const timeoutMs = 60_000

/**
 * Runs a command to its end and gives what it wrote to its standard output.
 *
 * @throws Error with all that it wrote, when it ends with another status than 0 or isn't done after 60 s.
 */
export function runCommand(file: string, args: readonly string[], folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { cwd: folder, timeout: timeoutMs }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(failure(error, stdout + stderr))
    })
  })
}

function failure(error: ExecFileException, output: string): Error {
  return new Error(`${error.cmd ?? 'command'} ended with ${error.signal ?? error.code}\n${output}`, {
    cause: error,
  })
}
