import type { Environment } from '@ura/core/configuration'
import { runAdmin } from '../admin/command-line.ts'
import { createFakeClock, type FakeClock } from './fakes.ts'

/** Administrator's commands as `ana` types them. */
export interface TestAdmin {
  clock: FakeClock
  /** The questions asked so far. */
  asked: string[]
  /** What is answered; null (at first) where nobody is at the terminal. */
  answer: boolean | null
  /** Told of progress. */
  onProgress: (label: string, done: number, total: number) => void
  run(...typed: string[]): Promise<{ exitCode: number; printed: string; error: string }>
  /** What a command that goes well gives with `--json`. */
  json(...typed: string[]): Promise<unknown>
}

export function createTestAdmin(environment: Environment, clock = createFakeClock()): TestAdmin {
  const admin: TestAdmin = {
    clock,
    asked: [],
    answer: null,
    onProgress: () => {},
    async run(...typed) {
      const printed: string[] = []
      const errors: string[] = []
      const { answer } = admin
      const exitCode = await runAdmin({
        arguments: typed,
        environment,
        clock,
        account: 'ana',
        terminal: {
          confirm:
            answer === null
              ? null
              : async (question) => {
                  admin.asked.push(question)
                  return answer
                },
          progress: (...told) => admin.onProgress(...told),
        },
        print: (text) => void printed.push(text),
        printError: (text) => void errors.push(text),
      })
      return { exitCode, printed: printed.join('\n'), error: errors.join('\n') }
    },
    async json(...typed) {
      const { exitCode, printed, error } = await admin.run(...typed, '--json')
      if (exitCode !== 0) {
        throw new Error(error)
      }
      return JSON.parse(printed) as unknown
    },
  }
  return admin
}
