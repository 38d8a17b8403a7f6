import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartupError } from '@ura/core/service'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { callRecordRequest, ticketRequest } from '../testing/spooled-requests.ts'
import { Spool } from './spool.ts'

let folder: string
let now: Date
let opened: Spool[]
const clock = { now: () => now }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ura-spool-'))
  now = new Date('2026-11-23T12:00:00Z')
  opened = []
})
afterEach(async () => {
  await Promise.all(opened.map((spool) => spool.close()))
  await rm(folder, { recursive: true, force: true })
})

function openSpool(requestsMax = 10): Spool {
  const spool = Spool.open({ path: join(folder, 'spool'), requestsMax, clock })
  opened.push(spool)
  return spool
}

async function keysOf(spool: Spool): Promise<string[]> {
  const keys: string[] = []
  for (const id of await spool.folder.ids('pending')) {
    const file = await spool.folder.read('pending', id)
    if (file !== null && file !== 'damaged' && file.request.kind === 'ticket') {
      keys.push(file.request.ticket.idempotencyKey)
    }
  }
  return keys
}

describe('the spool', () => {
  it('keeps requests in the order in which they came, over a restart and a clock that was set back', async () => {
    const first = openSpool()
    await Promise.all(['a', 'b', 'c'].map((key) => first.add(ticketRequest({ key }))))
    await first.close()
    now = new Date('2026-11-23T11:00:00Z')
    const second = openSpool()
    await second.add(ticketRequest({ key: 'd' }))
    expect(await keysOf(second)).toEqual(['a', 'b', 'c', 'd'])
    expect(await second.state()).toEqual({
      pending: 4,
      dead: 0,
      oldestAt: new Date('2026-11-23T12:00:00Z'),
    })
  })

  it('is readable by its owner alone', async () => {
    const spool = openSpool()
    await spool.add(ticketRequest())
    const modes: number[] = []
    for (const path of ['', 'pending', 'dead']) {
      modes.push((await stat(join(folder, 'spool', path))).mode & 0o777)
    }
    expect(modes).toEqual([0o700, 0o700, 0o700])
    const [name = ''] = await readdir(join(folder, 'spool/pending'))
    expect((await stat(join(folder, 'spool/pending', name))).mode & 0o777).toBe(0o600)
  })

  it('holds nothing of the person but the registration code', async () => {
    const spool = openSpool()
    await spool.add(ticketRequest({ key: '17.1/x/open-ticket-1' }))
    const [name = ''] = await readdir(join(folder, 'spool/pending'))
    expect(JSON.parse(await readFile(join(folder, 'spool/pending', name), 'utf8'))).toEqual({
      spooledAt: '2026-11-23T12:00:00.000Z',
      request: {
        kind: 'ticket',
        ticket: {
          userCode: '1001',
          service: 'computador-nao-liga',
          callId: '17.1',
          idempotencyKey: '17.1/x/open-ticket-1',
        },
      },
    })
  })

  it('refuses what there is no room for, dead letters counted, and call records at half of it', async () => {
    const spool = openSpool(10)
    for (let count = 0; count < 5; count += 1) {
      await spool.add(callRecordRequest())
    }
    await expect(spool.add(callRecordRequest())).rejects.toThrow('holds 5 requests')
    for (let count = 0; count < 5; count += 1) {
      await spool.add(ticketRequest())
    }
    const [id = ''] = await spool.folder.ids('pending')
    const file = await spool.folder.read('pending', id)
    if (file === null || file === 'damaged') throw new Error('not there')
    await spool.folder.bury(id, file, { at: now, reason: 'too_old' })
    await expect(spool.add(ticketRequest())).rejects.toThrow('holds 10 requests')
    expect(await spool.state()).toMatchObject({ pending: 9, dead: 1 })
  })

  it('keeps nothing of a request that the disk did not take', async () => {
    const spool = openSpool()
    const pending = join(folder, 'spool/pending')
    await rm(pending, { recursive: true })
    await writeFile(pending, '')
    await expect(spool.add(ticketRequest())).rejects.toThrow('ENOTDIR')
    await rm(pending)
    await mkdir(pending)
    await spool.add(ticketRequest({ key: 'later' }))
    expect(await keysOf(spool)).toEqual(['later'])
  })

  it('does not take for a request what was being written when a process died', async () => {
    const spool = openSpool()
    await spool.add(ticketRequest({ key: 'whole' }))
    const [name = ''] = await readdir(join(folder, 'spool/pending'))
    const half = name.replace(/^\d/, '1')
    await writeFile(join(folder, 'spool/pending', `${half}.unfinished`), '{"spooledAt":')
    expect(await keysOf(spool)).toEqual(['whole'])
    await spool.folder.removeUnfinished()
    expect(await readdir(join(folder, 'spool/pending'))).toEqual([name])
  })

  it('belongs to one service at a time, and to the next as soon as that is gone', async () => {
    const first = openSpool()
    expect(() => openSpool()).toThrow(StartupError)
    expect(() => openSpool()).toThrow('AGI_SPOOL_DIR')
    await first.close()
    await openSpool().add(ticketRequest())
  })

  it('says so when the folder can not be made', async () => {
    await writeFile(join(folder, 'spool'), 'a file')
    expect(() => openSpool()).toThrow(StartupError)
    expect(() => openSpool()).toThrow("can't be opened")
  })
})
