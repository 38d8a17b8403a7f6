import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAudioStore } from '@ura/api/speech/audio-store'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CacheReport, CacheTask } from './cache-child.ts'

const script = new URL('cache-child.ts', import.meta.url)
const dayMs = 24 * 3_600_000
const startedAt = String(Date.now())
let folder: string
const instances: ChildProcess[] = []

/** An instance's speech service in a process of its own. @param options.speed How much faster its clock runs. */
function startInstance({ speed = 1, bytesMax = 1e9 } = {}): ChildProcess {
  const instance = fork(script, [folder, startedAt, String(speed), String(bytesMax)], { execArgv: [] })
  instances.push(instance)
  return instance
}

async function ask(instance: ChildProcess, task: CacheTask): Promise<CacheReport> {
  instance.send(task)
  const [report] = (await once(instance, 'message')) as [CacheReport]
  return report
}

async function filesOf(shelf: string): Promise<string[]> {
  return await readdir(join(folder, shelf)).catch(() => [])
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shared-cache-'))
})

afterEach(async () => {
  const running = instances.splice(0).filter(({ exitCode, signalCode }) => (exitCode ?? signalCode) === null)
  await Promise.all(
    running.map(async (instance) => {
      instance.kill('SIGKILL')
      await once(instance, 'exit')
    }),
  )
  await rm(folder, { recursive: true })
})

describe('one audio folder of several instances', () => {
  it('holds one whole file for a text that all speak at the same time, each at most once', async () => {
    const three = [startInstance(), startInstance(), startInstance()]
    const reports = await Promise.all(three.map((one) => ask(one, { do: 'speak', text: 'Menu principal' })))
    const [{ audioName } = { audioName: null }] = reports
    expect(reports.map((report) => report.audioName)).toEqual([audioName, audioName, audioName])
    expect(reports.every(({ synthesized }) => synthesized <= 1)).toBe(true)
    expect(await filesOf('shared')).toEqual([audioName])
    const late = await ask(startInstance(), { do: 'speak', text: 'Menu principal' })
    expect(late).toEqual({ audioName, synthesized: 0, wrong: 0 })
  })

  it('gives every sound whose address was given out, while all speak, fetch and sweep; its bound holds roughly', async () => {
    // 200 texts of some 9 kB, of which the bound has room for 60; after a second and a half a file is out of use.
    const bytesMax = 600_000
    const three = [1, 2, 3].map(() => startInstance({ speed: 400, bytesMax }))
    const reports = await Promise.all(three.map((one) => ask(one, { do: 'load', rounds: 300, texts: 200 })))
    expect(reports.map(({ wrong }) => wrong)).toEqual([0, 0, 0])
    const names = await filesOf('shared')
    const sizes = await Promise.all(
      names.map(async (name) => (await stat(join(folder, 'shared', name))).size),
    )
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    expect(bytes).toBeLessThan(2.2 * bytesMax)
    expect(bytes).toBeGreaterThan(bytesMax / 2)
    // There were more texts than room: something was let go and made again.
    expect(reports.reduce((sum, { synthesized }) => sum + synthesized, 0)).toBeGreaterThan(names.length)
    expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('never holds a torn file after instances were killed as they wrote; what they left goes within a day or two', async () => {
    let leftOver: string[] = []
    for (let kills = 0; kills < 50 && leftOver.length === 0; kills += 1) {
      const instance = startInstance()
      instance.send({ do: 'write' } satisfies CacheTask)
      while ((await filesOf('shared')).every((name) => !name.endsWith('.tmp'))) {
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
      instance.kill('SIGKILL')
      await once(instance, 'exit')
      leftOver = (await filesOf('shared')).filter((name) => name.endsWith('.tmp'))
    }
    expect(leftOver).not.toEqual([])

    const clock = { now: () => new Date(Date.now() + 2 * dayMs) }
    const isAudioName = (name: string): boolean => name.endsWith('.wav')
    const store = createAudioStore({ folder, clock, isAudioName, bytesMax: 1e9, personalDays: 30 })
    for (const name of (await filesOf('shared')).filter(isAudioName)) {
      const audio = await store.get(name)
      expect(audio?.bytes).toEqual((await readFile(join(folder, 'shared', name))).subarray(0, -8))
    }
    await store.sweep()
    expect((await filesOf('shared')).filter((name) => !isAudioName(name))).toEqual([])
  })
})
