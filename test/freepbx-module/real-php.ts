import { spawn } from 'node:child_process'
import type { Bind } from '../../scripts/real-parts/chroot.ts'
import { commandInRoot } from '../../scripts/real-parts/chroot.ts'
import { realPartsRequired } from '../../scripts/real-parts/config.ts'
import { ensurePhp } from '../../scripts/real-parts/php.ts'

const timeoutMs = 30_000

/**
 * The root of a PHP 8.2 for `describe.runIf(root !== '')`, downloaded the first time; empty, with one loud line, where
 * it can't be had.
 *
 * @throws Error instead, with `CI=true`: there a missing PHP is a failure.
 */
export async function findPhpRoot(): Promise<string> {
  const php = await ensurePhp((line) => process.stderr.write(`PHP: ${line}\n`))
  if (php.available) return php.root
  const line = `PHP SKIPPED: ${php.reason}`
  if (realPartsRequired()) throw new Error(line)
  process.stderr.write(`${line}\n`)
  return ''
}

/**
 * Runs a command in the root of a real part and gives its output.
 *
 * @param options.input What it reads on standard input.
 * @throws Error with what it printed when it doesn't end with status 0, or not within 30 s (it is then killed).
 */
export async function runInRoot(options: {
  root: string
  binds: Bind[]
  command: string[]
  input?: string
}): Promise<string> {
  const { file, args } = commandInRoot(options)
  // LANGUAGE is read by gettext in any locale but "C": the interface of an administrator in pt-BR.
  const env = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C.UTF-8', LANGUAGE: 'pt_BR' }
  const child = spawn(file, args, { env, timeout: timeoutMs, killSignal: 'SIGKILL' })
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  child.stdin.on('error', () => undefined) // it ended without reading: its status says so
  child.stdin.end(options.input ?? '')
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  child.once('error', reject)
  child.once('close', (status) =>
    status === 0 ? resolve(output) : reject(new Error(`status ${status}\n${output}\n${errors}`)),
  )
  return promise
}
