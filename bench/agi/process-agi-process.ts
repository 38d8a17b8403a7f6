import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { serveTasks } from '../harness/task-process.ts'
import { ENVIRONMENT } from './call-script.ts'

/** Asterisk with process AGI, alone in its process: starts a PHP process for each step and counts their CPU. */

const SCRIPT_FILE = fileURLToPath(new URL('process-agi.php', import.meta.url))
const COMMAND = 'SET VARIABLE HELPDESK_STEP "menu"'
const REPLY = '200 result=1\n'

/** Fields of /proc/PID/stat after the command's name, from 0 (man 5 proc: cutime is 16, cstime 17, from 1). */
const CUTIME_FIELD = 13
const CSTIME_FIELD = 14

/** Linux tells times in hundredths of a second to every program (USER_HZ). */
const TICK_US = 10_000

const tasks = {
  /**
   * CPU time of the children that have ended so far, in microseconds, to the nearest 10,000.
   *
   * @throws Error where there is no /proc.
   */
  childrenCpuUs: () => {
    const stat = readFileSync('/proc/self/stat', 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[CUTIME_FIELD]) + Number(fields[CSTIME_FIELD])) * TICK_US
  },

  /** Runs steps, `atOnce` at a time. @throws Error when one doesn't send its command or ends with a fault. */
  runSteps: async ({ address, steps, atOnce }: { address: string; steps: number; atOnce: number }) => {
    let started = 0
    const line = async (): Promise<void> => {
      while (started < steps) {
        started += 1
        await runStep(address)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, line))
  },
}

/** What the process can be asked for. */
export type ProcessAgiTasks = typeof tasks

serveTasks(tasks)

async function runStep(address: string): Promise<void> {
  const php = spawn('php', [SCRIPT_FILE, address], { stdio: ['pipe', 'pipe', 'inherit'] })
  let text = ''
  php.stdout.setEncoding('utf8')
  php.stdout.on('data', (chunk: string) => {
    text += chunk
    if (text.endsWith('\n')) php.stdin.write(REPLY)
  })
  // A script that ends before it has read everything: its exit code says what there is to say.
  php.stdin.on('error', () => undefined)
  php.stdin.write(ENVIRONMENT)
  const [code] = (await once(php, 'exit')) as [number | null]
  if (code !== 0 || !text.startsWith(COMMAND)) {
    throw new Error(`The PHP process ended with ${code} after writing ${JSON.stringify(text)}`)
  }
}
