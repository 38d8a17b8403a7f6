import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { runningInGroup } from './process-group.ts'
import { SessionFolder } from './session-folder.ts'

function openFolder(path: string): SessionFolder {
  const folder = new SessionFolder(path)
  onTestFinished(() => folder.release())
  return folder
}

async function startGroup(): Promise<number> {
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'spawn')
  return child.pid ?? 0
}

describe('the session folder', () => {
  it('is closed to others even when it was open before', () => {
    const path = join(temporaryFolder(), 'session')
    mkdirSync(path, { mode: 0o777 })
    openFolder(path)
    expect([statSync(path).mode & 0o777, statSync(join(path, 'lock.sqlite')).mode & 0o777]).toEqual([
      0o700, 0o600,
    ])
  })

  it('ends what a killed gateway left running', async () => {
    const folder = openFolder(temporaryFolder())
    const group = await startGroup()
    folder.noteProcess(group)
    expect(runningInGroup(group)).toEqual([group])
    await folder.endLeftover()
    expect(runningInGroup(group)).toEqual([])
  })

  it('leaves a stranger alone that has got the same number', async () => {
    const folder = openFolder(temporaryFolder())
    const group = await startGroup()
    folder.noteProcess(group)
    // As after a restart of the machine: the number is somebody else's, who began at another time.
    writeFileSync(join(folder.path, 'process'), `${group} 1\n`)
    await folder.endLeftover()
    expect(runningInGroup(group)).toEqual([group])
  })
})
