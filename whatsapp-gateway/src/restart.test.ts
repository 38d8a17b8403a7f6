import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { eventually } from './testing/eventually.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

/** Processes are started and killed here, on machines that may be busy. */
const patience = { timeout: 30_000 }
const token = 'gateway-token-for-tests'
const childPath = fileURLToPath(new URL('./testing/crash-child.ts', import.meta.url))

interface Child {
  /** Asks to send a text; null when the gateway died before it answered. */
  send: (options: { key: string; phone?: string }) => Promise<{ id: string; status: string } | null>
  stateOf: (id: string) => Promise<string>
  kill: () => Promise<void>
  died: Promise<unknown>
}

async function startChild(folder: string, behaviour: string): Promise<Child> {
  const child: ChildProcess = spawn(process.execPath, [childPath, folder, token, behaviour], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const died = once(child, 'exit')
  onTestFinished(() => void child.kill('SIGKILL'))
  const [url] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return {
    died,
    kill: async () => {
      child.kill('SIGKILL')
      await died
    },
    send: async ({ key, phone = '+5545999990001' }) => {
      const answer = fetch(`${url}/api/send-message`, {
        method: 'POST',
        headers: { ...headers, 'idempotency-key': key },
        body: JSON.stringify({ phone, message: `message ${key}` }),
      })
      return answer
        .then((response) => response.json() as Promise<{ id: string; status: string }>)
        .catch(() => null)
    },
    stateOf: async (id) => {
      const answer = await fetch(`${url}/api/messages/${id}`, { headers })
      return ((await answer.json()) as { state: string }).state
    },
  }
}

/** The ids that were really sent, a repetition for every time. */
function sentIds(folder: string): string[] {
  const path = join(folder, 'sent')
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []
}

describe('a gateway killed with SIGKILL', () => {
  it(
    'right after its 202: what waited is sent after the restart, what was under way is unknown',
    patience,
    async () => {
      const folder = temporaryFolder()
      const first = await startChild(folder, 'never-answer')
      const underWay = await first.send({ key: 'under-way' })
      await eventually(() => sentIds(folder)).toEqual([underWay?.id])
      const waiting = [await first.send({ key: 'waiting-1' }), await first.send({ key: 'waiting-2' })]
      await first.kill()

      const second = await startChild(folder, 'answer')
      const waitingIds = waiting.map((message) => message?.id ?? '')
      await eventually(() => Promise.all(waitingIds.map(second.stateOf))).toEqual(['sent', 'sent'])
      expect(await second.stateOf(underWay?.id ?? '')).toBe('unknown')
      expect(sentIds(folder)).toEqual([underWay?.id, ...waitingIds])
    },
  )

  it.each([
    ['before the driver had sent', 'die-before-sending', 0],
    ['after the driver had sent, before that was written down', 'die-after-sending', 1],
  ])(
    '%s: the message is unknown, and not even its own key sends it again',
    patience,
    async (_, behaviour, times) => {
      const folder = temporaryFolder()
      const first = await startChild(folder, behaviour)
      await first.send({ key: 'once' })
      await first.died

      const second = await startChild(folder, 'answer')
      const repeated = await second.send({ key: 'once' })
      expect(repeated?.status).toBe('unknown')
      const next = await second.send({ key: 'next' })
      await eventually(() => second.stateOf(next?.id ?? '')).toBe('sent')
      expect(sentIds(folder).filter((id) => id === repeated?.id)).toHaveLength(times)
    },
  )

  it.each([1, 9, 25])(
    'in the middle of a storm, after %i answers: none is lost, none sent twice',
    patience,
    async (answers) => {
      const folder = temporaryFolder()
      const first = await startChild(folder, 'answer-slowly')
      const storm = Array.from({ length: 40 }, (_, index) => ({
        key: `storm-${index}`,
        phone: `+55459999900${10 + (index % 7)}`,
      }))
      let answered = 0
      const outcomes = storm.map(async (message) => {
        const accepted = await first.send(message)
        answered += accepted === null ? 0 : 1
        if (answered === answers) {
          await first.kill()
        }
        return accepted
      })
      const accepted = await Promise.all(outcomes)

      const second = await startChild(folder, 'answer')
      const repeated = await Promise.all(storm.map(second.send))
      const ids = repeated.map((message) => message?.id ?? '')
      accepted.forEach((message, index) => expect([undefined, ids[index]]).toContain(message?.id))
      const statesOf = async (): Promise<string[]> => Promise.all(ids.map(second.stateOf))
      const open = (state: string): boolean => state === 'queued' || state === 'sending'
      await eventually(async () => (await statesOf()).filter(open)).toEqual([])
      const states = await statesOf()
      expect(states.filter((state) => state !== 'sent' && state !== 'unknown')).toEqual([])
      const sent = sentIds(folder)
      expect(new Set(sent).size).toBe(sent.length)
      expect(ids.filter((id, index) => states[index] === 'sent' && !sent.includes(id))).toEqual([])
    },
  )
})
