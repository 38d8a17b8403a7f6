import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Synthesizer } from '@ura/api/speech/synthesizer'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HelpdeskSystem } from '../support/helpdesk-system.ts'
import { toneSynthesizer } from '../support/tone-synthesizer.ts'

const run = promisify(execFile)
const adminCommand = fileURLToPath(new URL('../../api/src/admin.ts', import.meta.url))
let folder: string
let asked: string[]
let system: HelpdeskSystem

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catalogue-warming-'))
  asked = []
  const tone = toneSynthesizer()
  const synthesizer: Synthesizer = {
    ...tone,
    synthesize(request, signal) {
      asked.push(request.text)
      return tone.synthesize(request, signal)
    },
  }
  system = await HelpdeskSystem.start({ synthesizer, environment: { DATABASE_URL: databaseUrl() } })
})

afterEach(async () => {
  await system.stop()
  await rm(folder, { recursive: true })
})

const databaseUrl = (): string => `sqlite:${folder}/helpdesk.sqlite`

/** A command of the administrator's, in a process of its own. */
async function administer(...typed: string[]): Promise<void> {
  await run(process.execPath, [adminCommand, ...typed], {
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: databaseUrl(),
      DATA_DIR: folder,
      API_SECRET: 'a secret of tests',
    },
  })
}

/** Ten digits, each as one that goes on and as the last one of a protocol. */
const digits = 20

describe('the catalogue of a running API', () => {
  it('has been spoken before the first call, and again before the next one after an administrator changed it', async () => {
    await expect.poll(() => asked.length, { timeout: 10_000 }).toBe(7 + digits)
    const before = await system.ticketApi.catalogue()
    expect(asked).toHaveLength(7 + digits)

    await administer('services', 'change', 'computador-nao-liga', '--name', 'Computador queimado')
    await expect.poll(() => asked.length, { timeout: 10_000 }).toBe(8 + digits)
    expect(asked.at(-1)).toContain('Computador queimado, tecle 2.')
    const after = await system.ticketApi.catalogue()
    expect(after.versao).not.toBe(before.versao)
    expect(after.categorias.every(({ menu }) => menu.url !== null)).toBe(true)
    expect(asked).toHaveLength(8 + digits)
  })
})
