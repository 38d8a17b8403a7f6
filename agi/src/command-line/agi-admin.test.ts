import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { replayAgeMaxMs } from '../spool/replayer.ts'
import { Spool } from '../spool/spool.ts'
import { ticketRequest } from '../testing/spooled-requests.ts'
import { runAgiAdmin } from './agi-admin.ts'

let folder: string
let now: Date
let spool: Spool
const clock = { now: () => now }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ura-agi-admin-'))
  now = new Date('2026-11-23T12:00:00Z')
  // The service has it open while the commands run.
  spool = Spool.open({ path: folder, requestsMax: 100, clock })
})
afterEach(async () => {
  await spool.close()
  await rm(folder, { recursive: true, force: true })
})

async function run(...typed: string[]): Promise<{ exitCode: number; printed: string; error: string }> {
  const [printed, errors]: [string[], string[]] = [[], []]
  const exitCode = await runAgiAdmin({
    arguments: typed,
    environment: { AGI_SPOOL_DIR: folder },
    clock,
    terminal: { confirm: null, progress: () => {} },
    print: (text) => void printed.push(text),
    printError: (text) => void errors.push(text),
  })
  return { exitCode, printed: printed.join('\n'), error: errors.join('\n') }
}

/** A request that the API has refused; gives its id. */
async function deadLetter(): Promise<string> {
  await spool.add(ticketRequest())
  const id = (await spool.folder.ids('pending')).at(-1) ?? ''
  const file = await spool.folder.read('pending', id)
  if (file === null || file === 'damaged') throw new Error('not there')
  await spool.folder.bury(id, file, { at: now, reason: 'SERVICO_INEXISTENTE' })
  return id
}

const state = async () => {
  const { pending, dead } = await spool.state()
  return { pending, dead }
}

it('lists what waits and what the API refused, and shows one', async () => {
  expect((await run('spool', 'list')).printed).toBe('Nada espera neste servidor.')
  const id = await deadLetter()
  await spool.add(ticketRequest({ user: '1002', call: '17.2' }))
  const { printed } = await run('spool', 'list')
  expect(printed.split('\n')).toHaveLength(3)
  expect(printed).toMatch(/esperando a API {2}chamado {2}1002 +17\.2/)
  const dead = await run('spool', 'list', '--dead')
  expect(dead.printed).toContain('SERVICO_INEXISTENTE')
  expect(dead.printed).not.toContain('1002')
  expect((await run('spool', 'show', id)).printed).toContain('computador-nao-liga')
})

it('sends a dead letter back to the queue, when it is confirmed', async () => {
  const id = await deadLetter()
  expect(await run('spool', 'replay', id)).toMatchObject({ exitCode: 1 })
  expect(await state()).toEqual({ pending: 0, dead: 1 })
  expect(await run('spool', 'replay', id, '--yes')).toMatchObject({ exitCode: 0 })
  expect(await state()).toEqual({ pending: 1, dead: 0 })
})

it('sends an old one only by force, for its key may be forgotten', async () => {
  const id = await deadLetter()
  now = new Date(now.getTime() + replayAgeMaxMs + 1)
  expect((await run('spool', 'replay', id, '--yes')).error).toContain('--force')
  expect(await run('spool', 'replay', id, '--yes', '--force')).toMatchObject({ exitCode: 0 })
  expect(await state()).toEqual({ pending: 1, dead: 0 })
})

it('drops a dead letter, and nothing that is still on its way', async () => {
  const id = await deadLetter()
  await spool.add(ticketRequest())
  const [pending = ''] = await spool.folder.ids('pending')
  expect((await run('spool', 'drop', pending, '--yes')).error).toContain('não está parado')
  expect(await run('spool', 'drop', id, '--yes')).toMatchObject({ exitCode: 0 })
  expect(await state()).toEqual({ pending: 1, dead: 0 })
})

it('shows a damaged file and lets it be dropped, not sent', async () => {
  const id = '000000000000001-ticket'
  await writeFile(join(folder, 'dead', `${id}.json`), '{"half')
  expect((await run('spool', 'list')).printed).toContain('danificado')
  expect(await run('spool', 'replay', id, '--yes')).toMatchObject({ exitCode: 1 })
  expect(await run('spool', 'drop', id, '--yes')).toMatchObject({ exitCode: 0 })
  expect(await state()).toEqual({ pending: 0, dead: 0 })
})

it.each([['../../secrets'], ['no request'], ['000000000000009-ticket']])(
  'knows no request "%s"',
  async (id) => {
    expect((await run('spool', 'show', id)).exitCode).toBeGreaterThan(0)
    expect((await run('spool', 'drop', id, '--yes')).exitCode).toBeGreaterThan(0)
  },
)
