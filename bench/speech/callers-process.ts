import { setTimeout as delay } from 'node:timers/promises'
import { Telephone } from '@ura/agi/testing/telephone'
import { serveTasks } from '../harness/task-process.ts'
import type { OpenedTicket } from './services-process.ts'

/** As fast as people talk: prompts and sentences are heard to their end. */
const SPEED = 1
/** One caller after the other begins, as in life, where never twenty people key at the same instant. */
const BETWEEN_CALLERS_MS = 300

/** The callers, alone in their process. */
const tasks = {
  /**
   * Callers who each query their tickets, one call after another, all at the same time.
   *
   * @returns In how many calls the status was said by recordings, because its sentence came too late.
   */
  async query(input: { agiPort: number; callers: OpenedTicket[][] }): Promise<number> {
    const telephone = new Telephone(input.agiPort)
    const late = input.callers.map(async (tickets, caller) => {
      await delay(caller * BETWEEN_CALLERS_MS)
      let count = 0
      for (const { user, protocol } of tickets) {
        const { heard } = await telephone.call(`2 ${user}# ${protocol}# 9`, { speed: SPEED })
        count += Number(!heard.some((sound) => sound.endsWith('.wav')))
      }
      return count
    })
    return (await Promise.all(late)).reduce((sum, count) => sum + count, 0)
  },
}

/** What the process can be asked for. */
export type CallersTasks = typeof tasks

serveTasks(tasks)
