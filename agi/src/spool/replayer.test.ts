import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ErrorCode, HelpdeskError } from '@ura/core/errors'
import { createLogger } from '@ura/core/logger'
import type { CallRecord } from '@ura/core/ticket-api/schemas'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { callRecordRequest, ticketOf, ticketRequest, voiceNoteRequest } from '../testing/spooled-requests.ts'
import { replayAgeMaxMs, type ReplayEnd, SpoolReplayer } from './replayer.ts'
import { Spool } from './spool.ts'

let folder: string
let now: Date
let spool: Spool
let replayer: SpoolReplayer
/** What the API answers to a key; default a ticket. */
let faults: Map<string, ErrorCode>
let asked: string[]
let records: CallRecord[]
let ends: ReplayEnd[]
let logged: string[]
let voiceNotes: { protocol: string; audio: string }[]

const openTicket: TicketApi['openTicket'] = async ({ idempotencyKey }) => {
  asked.push(idempotencyKey)
  const fault = faults.get(idempotencyKey) ?? faults.get('*')
  if (fault !== undefined) {
    throw new HelpdeskError(fault)
  }
  return { status: true, protocolo: '10017', url: null, nome_audio: null }
}

const addVoiceNote: TicketApi['addVoiceNote'] = async ({ idempotencyKey, protocol, audio }) => {
  asked.push(idempotencyKey)
  const fault = faults.get(idempotencyKey)
  if (fault !== undefined) {
    throw new HelpdeskError(fault)
  }
  voiceNotes.push({ protocol, audio: audio.toString('latin1') })
  return { durationMs: 1_000, storedAt: '2026-11-23T12:00:00.000Z' }
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ura-replay-'))
  now = new Date('2026-11-23T12:00:00Z')
  ;[faults, asked, records, ends, logged] = [new Map(), [], [], [], []]
  voiceNotes = []
  const clock = { now: () => now }
  spool = Spool.open({ path: folder, requestsMax: 100, clock })
  replayer = new SpoolReplayer({
    folder: spool.folder,
    ticketApi: { openTicket, addVoiceNote, saveCallRecord: async (record) => void records.push(record) },
    clock,
    log: createLogger({
      service: 'agi',
      level: 'info',
      destination: { write: (line: string) => void logged.push(line) },
    }),
    onEnd: (end) => ends.push(end),
  })
})
afterEach(async () => {
  await replayer.close()
  await spool.close()
  await rm(folder, { recursive: true, force: true })
})

const state = async () => {
  const { pending, dead } = await spool.state()
  return { pending, dead }
}

describe('the replay', () => {
  it('sends each request with its own key, in order, and forgets what the API took', async () => {
    await spool.add(ticketRequest({ key: 'a' }))
    await spool.add(ticketRequest({ key: 'b', user: '1002', call: '17.2' }))
    expect(await replayer.replayAll()).toBe(true)
    expect([asked, ends, await state()]).toEqual([['a', 'b'], ['taken', 'taken'], { pending: 0, dead: 0 }])
    expect(logged.join()).toContain('"protocols":["10017"]')
  })

  it('sends a voice note behind its ticket, whose protocol it asks for when that was not known', async () => {
    faults.set('a', 'SERVICO_INDISPONIVEL')
    await spool.add(ticketRequest({ key: 'a' }))
    await spool.add(voiceNoteRequest({ key: 'a', protocol: null }))
    expect(await replayer.replayAll()).toBe(false)
    expect([asked, voiceNotes]).toEqual([['a'], []])
    faults.clear()
    expect(await replayer.replayAll()).toBe(true)
    expect(asked).toEqual(['a', 'a', 'a', 'a/voice-note-1'])
    expect(voiceNotes).toEqual([{ protocol: '10017', audio: 'sound' }])
  })

  it('sends a voice note of an open ticket by its protocol, until the API takes or refuses it', async () => {
    await spool.add(voiceNoteRequest({ key: 'a', protocol: '10025' }))
    faults.set('a/voice-note-1', 'SERVICO_INDISPONIVEL')
    await replayer.replayAll()
    expect(await state()).toEqual({ pending: 1, dead: 0 })
    faults.set('a/voice-note-1', 'MUDANCA_NAO_PERMITIDA')
    await replayer.replayAll()
    expect(await state()).toEqual({ pending: 0, dead: 1 })
    expect([new Set(asked), voiceNotes]).toEqual([new Set(['a/voice-note-1']), []])
  })

  it('lets nothing overtake of one person or one call, and nobody wait for another', async () => {
    faults.set('a', 'ERRO_INTERNO')
    await spool.add(ticketRequest({ key: 'a' }))
    await spool.add(ticketRequest({ key: 'b', call: '17.2' }))
    await spool.add(ticketRequest({ key: 'c', user: '1002', call: '17.2' }))
    await spool.add(ticketRequest({ key: 'd', user: '1003', call: '17.3' }))
    expect(await replayer.replayAll()).toBe(false)
    expect(asked).toEqual(['a', 'd'])
    faults.clear()
    expect(await replayer.replayAll()).toBe(true)
    expect(asked.slice(2)).toEqual(['a', 'b', 'c'])
  })

  it('asks an API that is away three times and not for each request', async () => {
    faults.set('*', 'SERVICO_INDISPONIVEL')
    for (let person = 1; person <= 9; person += 1) {
      await spool.add(ticketRequest({ key: `k${person}`, user: `${person}`, call: `17.${person}` }))
    }
    expect(await replayer.replayAll()).toBe(false)
    expect(asked).toEqual(['k1', 'k2', 'k3'])
    expect(await state()).toEqual({ pending: 9, dead: 0 })
  })

  it('is not held up by requests that an API has errors of its own with, however many', async () => {
    for (let person = 1; person <= 9; person += 1) {
      faults.set(`k${person}`, 'ERRO_INTERNO')
      await spool.add(ticketRequest({ key: `k${person}`, user: `${person}`, call: `17.${person}` }))
    }
    await spool.add(ticketRequest({ key: 'good', user: '10', call: '17.10' }))
    await replayer.replayAll()
    expect(asked.at(-1)).toBe('good')
    expect(await state()).toEqual({ pending: 9, dead: 0 })
  })

  it.each([
    'SERVICO_INEXISTENTE',
    'USUARIO_NAO_ENCONTRADO',
    'REQUISICAO_INVALIDA',
    'CHAVE_REUTILIZADA',
  ] as const)('makes a dead letter of what the API refuses for good: %s', async (code) => {
    faults.set('a', code)
    await spool.add(ticketRequest({ key: 'a' }))
    await spool.add(ticketRequest({ key: 'b' }))
    expect(await replayer.replayAll()).toBe(true)
    expect([asked, ends]).toEqual([
      ['a', 'b'],
      ['refused', 'taken'],
    ])
    const [id = ''] = await spool.folder.ids('dead')
    expect(await spool.folder.read('dead', id)).toMatchObject({ dead: { reason: code } })
    expect(logged.join()).toContain('dead letter')
  })

  it.each(['SESSAO_INVALIDA', 'NAO_AUTENTICADO', 'ORIGEM_NAO_PERMITIDA', 'LIMITE_DE_REQUISICOES'] as const)(
    'keeps what is refused for the sake of this client: %s',
    async (code) => {
      faults.set('a', code)
      await spool.add(ticketRequest({ key: 'a' }))
      expect(await replayer.replayAll()).toBe(false)
      expect(await state()).toEqual({ pending: 1, dead: 0 })
    },
  )

  it('never sends what is so old that its key might be forgotten, until an administrator sends it back', async () => {
    await spool.add(ticketRequest({ key: 'a' }))
    now = new Date(now.getTime() + replayAgeMaxMs + 1)
    expect(await replayer.replayAll()).toBe(true)
    expect([asked, ends, await state()]).toEqual([[], ['too_old'], { pending: 0, dead: 1 }])
    const [id = ''] = await spool.folder.ids('dead')
    const file = await spool.folder.read('dead', id)
    if (file === null || file === 'damaged') throw new Error('not there')
    await spool.folder.revive(id, file, now)
    await replayer.replayAll()
    expect([asked, await state()]).toEqual([['a'], { pending: 0, dead: 0 }])
  })

  it('puts a damaged file with the dead letters and goes on', async () => {
    await writeFile(join(folder, 'pending/000000000000001-ticket.json'), '{"half')
    await spool.add(ticketRequest({ key: 'a' }))
    expect(await replayer.replayAll()).toBe(true)
    expect([asked, ends]).toEqual([['a'], ['damaged', 'taken']])
    expect(await readdir(join(folder, 'dead'))).toEqual(['000000000000001-ticket.json'])
  })

  it("fills a call's record with the protocols of its tickets, by their own keys", async () => {
    const ticket = ticketOf({ key: 'a' })
    await spool.add({ kind: 'ticket', ticket })
    await spool.add(callRecordRequest({ tickets: [ticket] }))
    expect(await replayer.replayAll()).toBe(true)
    expect(asked).toEqual(['a', 'a'])
    expect(records).toMatchObject([{ chamada: '17.1', resultado: 'ticket_opened', protocolos: ['10017'] }])
  })

  it('does not tell of a ticket in a record when the API refused it', async () => {
    faults.set('a', 'SERVICO_INEXISTENTE')
    const ticket = ticketOf({ key: 'a' })
    await spool.add({ kind: 'ticket', ticket })
    await spool.add(callRecordRequest({ tickets: [ticket] }))
    expect(await replayer.replayAll()).toBe(true)
    expect(records).toMatchObject([{ resultado: 'failed', protocolos: [] }])
    expect(await state()).toEqual({ pending: 0, dead: 1 })
  })

  it('goes on by itself until the API is back', async () => {
    faults.set('*', 'SERVICO_INDISPONIVEL')
    await spool.add(ticketRequest({ key: 'a' }))
    replayer.start()
    await expect.poll(() => asked.length).toBeGreaterThan(1)
    faults.clear()
    await expect.poll(state, { timeout: 10_000 }).toEqual({ pending: 0, dead: 0 })
    await spool.add(ticketRequest({ key: 'b' }))
    replayer.wake()
    await expect.poll(() => asked.at(-1)).toBe('b')
  })
})
