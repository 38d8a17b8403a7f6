import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { HelpdeskError } from '@ura/core/errors'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import { describe, expect, it } from 'vitest'
import { FakeTicketApi } from './testing/fake-ticket-api.ts'
import { ScriptedCaller } from './testing/scripted-caller.ts'
import { openLine } from './testing/test-call.ts'
import type { TestLine } from './testing/test-line.ts'

const keysOfATicket = '1 1001# 4821 1 2 1'

/** An API that loses tickets and records while it is away; each key makes one ticket. */
class BrokenApi {
  isAway = true
  readonly tickets = new Map<string, string>()
  readonly fake: FakeTicketApi

  constructor(options: { open?: boolean; isLost?: boolean } = {}) {
    const openTicket: TicketApi['openTicket'] = async ({ idempotencyKey }) => {
      if (options.isLost === true && this.isAway) {
        this.#take(idempotencyKey)
      }
      this.#failWhenAway()
      return { status: true, protocolo: this.#take(idempotencyKey), url: null, nome_audio: null }
    }
    const saveCallRecord: TicketApi['saveCallRecord'] = async (record) => {
      this.#failWhenAway()
      this.fake.records.push(record)
    }
    this.fake = new FakeTicketApi({ open: options.open ?? true, overrides: { openTicket, saveCallRecord } })
  }

  #take(key: string): string {
    const protocol = this.tickets.get(key) ?? `1002${this.tickets.size}`
    this.tickets.set(key, protocol)
    return protocol
  }

  #failWhenAway(): void {
    if (this.isAway) {
      throw new HelpdeskError('SERVICO_INDISPONIVEL')
    }
  }
}

async function spoolFilesOf(line: TestLine): Promise<string[]> {
  const pending = join(line.folder, 'agi-spool/pending')
  return Promise.all((await readdir(pending)).toSorted().map((name) => readFile(join(pending, name), 'utf8')))
}

const depth = async (line: TestLine) => (await line.spooled()).pending

describe('an API that is away when the ticket is to be created', () => {
  it('leaves the caller with a request that is registered, on disk before they are told', async () => {
    const api = new BrokenApi()
    const line = await openLine(api.fake)
    let onDisk: string[] = []
    const { heard, variables } = await line.telephone.call(keysOfATicket, {
      hears: async (file) => {
        if (file === 'ura/ticket-registered-offline') {
          onDisk = await spoolFilesOf(line)
        }
      },
    })
    expect(heard.slice(-2)).toEqual(['ticket-registered-offline', 'goodbye'])
    expect(variables).toMatchObject({ URA_NEXT: 'hangup', URA_RESULT: 'ticket_opened', URA_PROTOCOL: '' })
    expect(onDisk).toHaveLength(1)
    expect(onDisk[0]).toContain('computador-nao-liga')
  })

  it.each([
    ['could not be reached', {}],
    ['took the ticket and its answer was lost', { isLost: true }],
  ])('opens exactly one ticket when it is back: %s', async (_what, options) => {
    const api = new BrokenApi(options)
    const line = await openLine(api.fake)
    await line.telephone.call(keysOfATicket, { callerId: '45999887766', linkedId: '17.1' })
    await expect.poll(() => depth(line)).toBe(2)
    expect((await spoolFilesOf(line)).join()).not.toMatch(/45999887766|4821|Ana/)
    api.isAway = false
    await expect.poll(() => depth(line), { timeout: 10_000 }).toBe(0)
    expect([...api.tickets]).toEqual([[expect.stringMatching(/^17\.1\/.*\/open-ticket-1$/), '10020']])
    expect(api.fake.records).toMatchObject([
      { chamada: '17.1', resultado: 'ticket_opened', protocolos: ['10020'], telefone: '+5545*****7766' },
    ])
  })

  it('keeps the choice of a caller who hangs up while it is tried', async () => {
    const fake = new FakeTicketApi({
      overrides: {
        openTicket: (_request, signal) =>
          new Promise((_resolve, reject) => {
            caller.hangup()
            signal?.addEventListener('abort', () => reject(signal.reason as Error))
          }),
      },
    })
    const line = await openLine(fake)
    const scripted = new ScriptedCaller({ groups: keysOfATicket.split(' '), newestCode: async () => null })
    const caller = line.telephone.dial({ asked: scripted.asked })
    await caller.ended
    await expect.poll(() => depth(line), { timeout: 5_000 }).toBe(2)
  })

  it.each([
    [true, ['system-unavailable', 'transferring'], 'queue'],
    [false, ['system-unavailable', 'goodbye'], 'hangup'],
  ])('promises nothing when the disk does not take it (office hours: %s)', async (open, last, next) => {
    const api = new BrokenApi({ open })
    const line = await openLine(api.fake)
    const pending = join(line.folder, 'agi-spool/pending')
    await rm(pending, { recursive: true })
    await writeFile(pending, '')
    const { heard, variables } = await line.telephone.call(keysOfATicket)
    expect(heard.slice(-2)).toEqual(last)
    expect(heard).not.toContain('ticket-registered-offline')
    expect(variables['URA_NEXT']).toBe(next)
    await rm(pending)
    await mkdir(pending)
  })

  it('promises nothing when the spool is full', async () => {
    const api = new BrokenApi()
    const logged: string[] = []
    const line = await openLine(api.fake, logged)
    const heard: (string | undefined)[] = []
    for (let calls = 0; calls < 7; calls += 1) {
      heard.push((await line.telephone.call(keysOfATicket)).heard.at(-2))
      await pause(0)
    }
    expect(new Set(heard.slice(0, 5))).toEqual(new Set(['ticket-registered-offline']))
    expect(heard.at(-1)).toBe('system-unavailable')
    expect(logged.join()).toContain('a ticket request could not be spooled')
  })

  it('lets a caller choose again when it answers that the service is gone', async () => {
    const fake = new FakeTicketApi({
      overrides: { openTicket: async () => Promise.reject(new HelpdeskError('SERVICO_INEXISTENTE')) },
    })
    const line = await openLine(fake)
    const { heard } = await line.telephone.call(keysOfATicket)
    expect(heard.slice(-2)).toEqual(['invalid-option', 'categories.wav'])
    expect(await depth(line)).toBe(0)
  })
})

describe('the record of a call', () => {
  it('is spooled when the API is away, and tells who was verified and what was chosen', async () => {
    const api = new BrokenApi()
    const line = await openLine(api.fake)
    await line.telephone.call('1 1001# 4821 1 2')
    await expect.poll(() => depth(line)).toBe(1)
    api.isAway = false
    await expect
      .poll(() => api.fake.records, { timeout: 10_000 })
      .toMatchObject([
        {
          resultado: 'abandoned',
          usuario: '1001',
          verificado: true,
          categoria: 'Computador',
          servico: null,
        },
      ])
  })
})
