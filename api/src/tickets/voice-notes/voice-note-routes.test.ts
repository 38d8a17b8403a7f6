import { randomBytes } from 'node:crypto'
import type { LightMyRequestResponse } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { erasePerson } from '../../privacy/erase-person.ts'
import { readPersonData } from '../../privacy/person-data.ts'
import { removeExpired, retentionRules } from '../../retention/retention.ts'
import { encodeWav } from '../../speech/wav.ts'
import { auditEvents, createTestApi, type TestApi } from '../../testing/test-api.ts'
import { createTestClient, type TestClient } from '../../testing/test-clients.ts'
import { findUser } from '../../users/user-repository.ts'

let test: TestApi
let agent: TestClient

/** Noise, since every byte may come in it. */
function noteOf(seconds: number, sampleRateHz = 8_000): Buffer {
  const bytes = randomBytes(seconds * sampleRateHz * 2)
  return encodeWav({ sampleRateHz, samples: new Int16Array(new Uint8Array(bytes).buffer) })
}

const path = (protocol: string, userCode = '1001') =>
  `/api/v1/tickets/${protocol}/voice-note?userCode=${userCode}`

/** As the phone sends it. */
const add = (
  audio: Buffer | string | undefined,
  { url = path('10017'), type = 'audio/wav', key }: { url?: string; type?: string; key?: string } = {},
) =>
  test.api.fastify.inject({
    method: 'POST',
    url,
    headers: {
      authorization: `Bearer ${test.session}`,
      ...(audio !== undefined && { 'content-type': type }),
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    ...(audio !== undefined && { payload: audio }),
  })

const codeOf = (answer: LightMyRequestResponse) => answer.json<{ erro: { codigo: string } }>().erro.codigo
const rows = async () =>
  (await test.api.db.selectFrom('ticket_voice_notes').select('ticket_id').execute()).length

beforeEach(async () => {
  test = await createTestApi()
  agent = await createTestClient(test, 'agent')
  await agent.post('/api/v1/tickets', { userCode: '1001', service: 'computador-nao-liga' })
})
afterEach(async () => {
  await test[Symbol.asyncDispose]()
})

describe('adding a voice note', () => {
  it('keeps a minute of sound, byte for byte, and the ticket tells of it', async () => {
    const audio = noteOf(60)
    const added = await add(audio)
    expect([added.statusCode, added.json()]).toEqual([
      201,
      { durationMs: 60_000, storedAt: test.clock.now().toISOString() },
    ])
    const fetched = await agent.get('/api/v1/tickets/10017/voice-note')
    expect(fetched.statusCode).toBe(200)
    expect(fetched.headers).toMatchObject({
      'content-type': 'audio/wav',
      'content-length': String(audio.length),
      'cache-control': 'no-store',
      'content-disposition': 'attachment; filename="10017.wav"',
    })
    expect(fetched.rawPayload.equals(audio)).toBe(true)
    expect((await agent.get('/api/v1/tickets/10017')).json()).toMatchObject({
      voiceNote: { durationMs: 60_000 },
      version: 2,
    })
  })

  it('adds one, however often it is sent', async () => {
    const audio = noteOf(2)
    const first = await add(audio, { key: 'k' })
    const second = await add(audio, { key: 'k' })
    expect([first.statusCode, second.statusCode, second.json()]).toEqual([201, 200, first.json()])
    expect([
      await rows(),
      (await auditEvents(test.api)).filter((name) => name === 'voice_note_added'),
    ]).toEqual([1, ['voice_note_added']])
    expect(codeOf(await add(noteOf(2), { key: 'k' }))).toBe('CHAVE_REUTILIZADA')
  })

  it('adds one of two that come at once', async () => {
    const audio = noteOf(2)
    const answers = await Promise.all([add(audio, { key: 'k' }), add(audio, { key: 'k' })])
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200, 201]))
    expect(await rows()).toBe(1)
  })

  it('refuses a second one', async () => {
    await add(noteOf(1), { key: 'k' })
    const second = await add(noteOf(1), { key: 'other' })
    expect([second.statusCode, codeOf(second)]).toEqual([409, 'MUDANCA_NAO_PERMITIDA'])
  })

  it.each([
    ['no such ticket', path('10025')],
    ['a mistyped protocol', path('10018')],
    ["another's ticket", path('10017', '1002')],
  ])('finds no ticket: %s', async (_what, url) => {
    const answer = await add(noteOf(1), { url })
    expect([answer.statusCode, codeOf(answer)]).toEqual([404, 'CHAMADO_NAO_ENCONTRADO'])
    expect(await rows()).toBe(0)
  })

  it.each([
    ['no WAV', () => Buffer.from('RIFF is not enough')],
    ['16,000 Hz', () => noteOf(1, 16_000)],
    ['no sound in it', () => noteOf(0)],
    ['62 s', () => noteOf(62).subarray(0, 976_000 + 4_000)],
    ['the header alone, of a longer file', () => noteOf(1).subarray(0, 44)],
  ])('refuses %s', async (_what, audio) => {
    const answer = await add(audio())
    expect([answer.statusCode, codeOf(answer)]).toEqual([400, 'REQUISICAO_INVALIDA'])
    expect(await rows()).toBe(0)
  })

  it('refuses more bytes than a minute has, and any other kind of body', async () => {
    expect((await add(noteOf(64))).statusCode).toBe(413)
    for (const type of ['application/json', 'text/plain', 'audio/mpeg']) {
      const answer = await add('{}', { type })
      expect([answer.statusCode, answer.body]).toEqual([415, expect.stringContaining('audio/wav')])
    }
    expect((await add(undefined)).statusCode).toBe(415)
    expect((await add(noteOf(1), { url: '/api/v1/tickets/10017/voice-note' })).statusCode).toBe(400)
  })
})

describe('listening to it', () => {
  it('is for agents, and each time is in the audit log', async () => {
    await add(noteOf(1))
    const reader = await createTestClient(test, 'read')
    const phone = await createTestClient(test, 'phone')
    for (const client of [reader, phone]) {
      expect((await client.get('/api/v1/tickets/10017/voice-note')).statusCode).toBe(403)
    }
    await agent.get('/api/v1/tickets/10017/voice-note')
    await agent.get('/api/v1/tickets/10017/voice-note')
    const fetches = await test.api.db
      .selectFrom('audit_log')
      .select(['actor', 'user_code', 'detail'])
      .where('event', '=', 'voice_note_fetched')
      .execute()
    const row = { actor: 'agent', user_code: '1001', detail: '{"protocol":"10017"}' }
    expect(fetches).toEqual([row, row])
  })

  it('finds none where there is none', async () => {
    const none = await agent.get('/api/v1/tickets/10017/voice-note')
    expect([none.statusCode, codeOf(none)]).toEqual([404, 'GRAVACAO_NAO_ENCONTRADA'])
    expect(codeOf(await agent.get('/api/v1/tickets/10025/voice-note'))).toBe('CHAMADO_NAO_ENCONTRADO')
    expect((await agent.get('/api/v1/tickets/10017')).json()).toMatchObject({ voiceNote: null })
  })
})

describe('a voice note goes', () => {
  it('when its days are over', async () => {
    await add(noteOf(1))
    const rules = retentionRules({
      retentionCodeDays: 30,
      retentionCallDays: 30,
      retentionAuditDays: 30,
      retentionVoiceNoteDays: 90,
    }).filter(({ table }) => table === 'ticket_voice_notes')
    test.clock.advance({ hours: 89 * 24 })
    expect([...(await removeExpired(test.api.db, { rules, now: test.clock.now() })).values()]).toEqual([0])
    test.clock.advance({ hours: 48 })
    expect([...(await removeExpired(test.api.db, { rules, now: test.clock.now() })).values()]).toEqual([1])
    expect(await rows()).toBe(0)
  })

  it('with the person, who can have it before', async () => {
    const audio = noteOf(1)
    await add(audio)
    const user = await findUser(test.api.db, '1001')
    if (user === null) {
      throw new Error('there is no user 1001')
    }
    const { tickets } = await readPersonData(test.api.db, user)
    const [{ voiceNote } = {}] = tickets as { voiceNote?: { wavBase64: string } | null }[]
    expect(voiceNote?.wavBase64 === audio.toString('base64')).toBe(true)
    expect(await erasePerson(test.api.db, user, test.clock.now())).toMatchObject({ voiceNotes: 1 })
    expect(await rows()).toBe(0)
  })
})
