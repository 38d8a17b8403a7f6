import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand } from '../package/command.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))
const timeoutMs = 20_000

/** What Lambda would run, in a folder with nothing else to import. */
export interface BuiltFunction {
  /** What the build printed. */
  report: string
  folder: string
  remove(): Promise<void>
}

/** One answer and what was written to the log for it. */
export interface BuiltAnswer {
  answer: { statusCode: number; headers: Record<string, string>; body: string; isBase64Encoded: boolean }
  log: Record<string, unknown>[]
}

/** Builds the function and takes it out of the project. */
export async function buildFunction(): Promise<BuiltFunction> {
  const report = await runCommand('npm', ['run', '-s', 'build', '-w', '@ura/synthesize-speech'], project)
  const folder = await mkdtemp(join(tmpdir(), 'ura-lambda-'))
  await cp(join(project, 'lambda', 'synthesize-speech', 'dist'), folder, { recursive: true })
  return { report, folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

/**
 * Does what Lambda's Node runtime does for one invocation: a fresh process, the environment of the function, the
 * module of the handler setting imported, its handler called with event and context.
 *
 * @throws Error with what the process wrote when it doesn't end well
 */
export async function invokeBuilt(
  folder: string,
  event: unknown,
  environment: Readonly<Record<string, string>>,
): Promise<BuiltAnswer> {
  const script = `
    const { handler } = await import(${JSON.stringify(join(folder, 'main.mjs'))})
    const context = { awsRequestId: 'invocation-1', getRemainingTimeInMillis: () => 5000 }
    const answer = await handler(${JSON.stringify(event)}, context)
    process.stdout.write(JSON.stringify({ answer }) + '\\n', () => process.exit(0))`
  const output = await new Promise<string>((resolve, reject) => {
    const env = { PATH: process.env['PATH'] ?? '', ...environment }
    const args = ['--input-type=module', '--eval', script]
    execFile(process.execPath, args, { cwd: folder, env, timeout: timeoutMs }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`${error.message}\n${stderr}`))
    })
  })
  const lines = output.trimEnd().split('\n')
  const { answer } = JSON.parse(lines.pop() ?? '') as Pick<BuiltAnswer, 'answer'>
  return { answer, log: lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}
