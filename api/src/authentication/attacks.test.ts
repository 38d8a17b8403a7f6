import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { auditEvents, clientToken, createTestApi, type TestApi } from '../testing/test-api.ts'
import { revokeClient } from './client-repository.ts'
import { borrowMigratedDatabase } from '../testing/migrated-test-database.ts'

const address = '10.1.2.3'

/** A request with a session that is right, from an address that the networks of the tests below hold or don't. */
function call(test: TestApi, from: { remote: string; forwarded?: string; authorization?: string }) {
  return test.api.fastify.inject({
    url: '/api/horario_atendimento',
    remoteAddress: from.remote,
    headers: {
      authorization: from.authorization ?? `Bearer ${test.session}`,
      ...(from.forwarded === undefined ? {} : { 'x-forwarded-for': from.forwarded }),
    },
  })
}

async function lastRefusal(test: TestApi) {
  return await test.api.db
    .selectFrom('audit_log')
    .select(['event', 'actor', 'address'])
    .orderBy('id', 'desc')
    .executeTakeFirst()
}

describe('X-Forwarded-For', () => {
  const networks = { HELPDESK_API_NETWORKS: '10.0.0.0/8,127.0.0.0/8' }
  const proxies = { ...networks, TRUSTED_PROXIES: '192.0.2.1,192.0.2.2,2001:db8::/64' }
  const stranger = '203.0.113.9'

  it.each([
    ['127.0.0.1'],
    ['10.0.0.1, 192.0.2.1'],
    ['::1'],
    ['localhost'],
    [`127.0.0.1, ${'10.0.0.1, '.repeat(300)}10.0.0.1`],
  ])('of a peer that is no trusted proxy counts for nothing: %s', async (forwarded) => {
    await using test = await createTestApi(proxies)
    expect((await call(test, { remote: stranger, forwarded })).statusCode).toBe(403)
    expect(await lastRefusal(test)).toEqual({
      event: 'network_refused',
      actor: 'telefonia',
      address: stranger,
    })
  })

  it.each([
    ['one hop', '192.0.2.1', address, 200],
    ['two trusted hops', '192.0.2.1', `${address}, 192.0.2.2`, 200],
    ['a trusted proxy on IPv6', '2001:db8::1', address, 200],
    ['a trusted proxy as the socket of :: reports it', '::ffff:192.0.2.1', address, 200],
    ['a caller as IPv4-mapped IPv6', '192.0.2.1', `::ffff:${address}`, 200],
    ['what the caller wrote before the proxy did', '192.0.2.1', `${address}, ${stranger}`, 403],
    ['the same with two hops', '192.0.2.1', `${address}, ${stranger}, 192.0.2.2`, 403],
    ['an untrusted hop in between', '192.0.2.1', `${address}, 192.0.2.9`, 403],
    ['no header at all', '192.0.2.1', undefined, 403],
    ['an empty one', '192.0.2.1', '', 403],
    ['nonsense', '192.0.2.1', 'unknown', 403],
    ['nonsense behind the address', '192.0.2.1', `${address}, unknown`, 403],
    ['a script', '192.0.2.1', "'; drop table clients; --", 403],
    ['a port', '192.0.2.1', `${address}:4711`, 403],
    ['brackets', '192.0.2.1', '[::ffff:10.1.2.3]:4711', 403],
    ['an octal address', '192.0.2.1', '012.0.0.1', 403],
    ['a number', '192.0.2.1', '167772161', 403],
    ['a zone', '192.0.2.1', `${address}%eth0`, 403],
    ['a mask', '192.0.2.1', '10.0.0.0/8', 403],
  ])(
    'of a trusted proxy is believed by its last untrusted hop: %s',
    async (_what, remote, forwarded, status) => {
      await using test = await createTestApi(proxies)
      const from = forwarded === undefined ? { remote } : { remote, forwarded }
      expect((await call(test, from)).statusCode).toBe(status)
    },
  )

  it('under another name counts for nothing', async () => {
    await using test = await createTestApi(proxies)
    const answer = await test.api.fastify.inject({
      url: '/api/horario_atendimento',
      remoteAddress: '192.0.2.1',
      headers: {
        authorization: `Bearer ${test.session}`,
        'x-forwarded-for': stranger,
        'x-real-ip': address,
        forwarded: `for=${address}`,
        'x-client-ip': address,
        'cf-connecting-ip': address,
      },
    })
    expect(answer.statusCode).toBe(403)
  })
})

describe('IPv4-mapped IPv6', () => {
  it('is the IPv4 address, whichever of the two the network is written in', async () => {
    for (const network of ['10.0.0.0/8', '::ffff:10.0.0.0/104']) {
      await using test = await createTestApi({ HELPDESK_API_NETWORKS: `127.0.0.1,${network}` })
      const statuses = []
      for (const remote of ['10.0.0.1', '::ffff:10.0.0.1', '::ffff:a00:1', '11.0.0.1', '::ffff:11.0.0.1']) {
        statuses.push((await call(test, { remote })).statusCode)
      }
      expect(statuses).toEqual([200, 200, 200, 403, 403])
    }
  })
})

describe('a credential', () => {
  it.each([
    '/api/horario_atendimento?sessao=TOKEN',
    '/api/horario_atendimento?access_token=TOKEN',
    '/api/horario_atendimento?authorization=Bearer%20TOKEN',
    '/api/horario_atendimento/TOKEN',
    '/TOKEN/api/horario_atendimento',
  ])('in the address is none, and is never logged: %s', async (url) => {
    await using test = await createTestApi()
    const answer = await test.api.fastify.inject({ url: url.replace('TOKEN', test.session) })
    expect([401, 404]).toContain(answer.statusCode)
    expect(test.logged.join('')).not.toContain(test.session)
    expect(answer.body).not.toContain(test.session)
  })

  it('in a body is none', async () => {
    await using test = await createTestApi()
    const answer = await test.post('/api/verificar_usuario', { sessao: test.session }, { authorization: '' })
    expect(answer.statusCode).toBe(401)
    expect(test.logged.join('')).not.toContain(test.session)
  })

  it.each([
    ['another scheme', 'Basic SESSION', 401],
    ['no scheme', 'SESSION', 401],
    ['two tokens', 'Bearer SESSION SESSION', 401],
    ['a list', 'Bearer SESSION, Bearer SESSION', 401],
    ['two spaces', 'Bearer  SESSION', 401],
    ['a tab', 'Bearer\tSESSION', 401],
    ['quotes', 'Bearer "SESSION"', 401],
    ['a piece of it', 'Bearer SESSION'.slice(0, -1), 401],
    ['a token of 10,000 characters', `Bearer ${'x'.repeat(10_000)}`, 401],
    ['an SQL wildcard', 'Bearer %', 401],
    ['the client token', `Bearer ${clientToken}`, 401],
    // RFC 9110 §11.1: the name of a scheme has no case.
    ['a scheme in lower case', 'bearer SESSION', 200],
    ['a scheme in upper case', 'BEARER SESSION', 200],
  ])('as %s', async (_what, header, status) => {
    await using test = await createTestApi()
    const authorization = header.replaceAll('SESSION', test.session)
    expect((await call(test, { remote: '127.0.0.1', authorization })).statusCode).toBe(status)
    expect((await auditEvents(test.api)).at(-1)).toBe(status === 200 ? 'sign_in' : 'session_refused')
  })

  it('that is a session signs nobody in', async () => {
    await using test = await createTestApi()
    const answer = await test.post('/api/autenticar_sessao', {})
    expect([answer.statusCode, (await auditEvents(test.api)).at(-1)]).toEqual([401, 'sign_in_refused'])
  })

  it('in two headers is none, whichever of them is right', async () => {
    await using test = await createTestApi()
    const { port } = await test.api.listen()
    const right = `Authorization: Bearer ${test.session}`
    const wrong = 'Authorization: Bearer wrong'
    const statuses = []
    for (const headers of [[right], [right, wrong], [wrong, right], [right, right]]) {
      const socket = connect(port, '127.0.0.1')
      socket.write(
        `GET /api/horario_atendimento HTTP/1.1\r\nHost: x\r\n${headers.join('\r\n')}\r\nConnection: close\r\n\r\n`,
      )
      const [bytes] = (await once(socket, 'data')) as [Buffer]
      socket.destroy()
      statuses.push(bytes.toString('latin1').slice(9, 12))
    }
    expect(statuses).toEqual(['200', '401', '401', '401'])
  })
})

describe('a session', () => {
  const get = (test: TestApi, session: string) =>
    test.get('/api/horario_atendimento', { authorization: `Bearer ${session}` })
  const end = (test: TestApi, session: string) =>
    test.post('/api/encerrar_sessao', {}, { authorization: `Bearer ${session}` })

  it('made at one instance is good at another, and over at both when either ends it', async () => {
    const database = await borrowMigratedDatabase()
    {
      await using one = await createTestApi({ DATABASE_URL: database.url })
      await using other = await createTestApi({ DATABASE_URL: database.url })
      expect((await get(other, one.session)).statusCode).toBe(200)
      expect((await end(other, one.session)).json()).toEqual({ status: true })
      expect([(await get(one, one.session)).statusCode, (await get(other, one.session)).statusCode]).toEqual([
        401, 401,
      ])
      // The client's other session goes on.
      expect((await get(one, other.session)).statusCode).toBe(200)
      expect(await auditEvents(one.api)).toContain('session_ended')
      expect((await end(one, one.session)).statusCode).toBe(401)
    }
    await database.drop()
  })

  it('is over at every instance when its client is revoked, or has another token', async () => {
    const database = await borrowMigratedDatabase()
    {
      await using one = await createTestApi({ DATABASE_URL: database.url })
      await using rotated = await createTestApi({
        DATABASE_URL: database.url,
        HELPDESK_API_TOKEN: 'another-token-of-the-client',
      })
      expect((await get(one, one.session)).statusCode).toBe(401)
      const again = await one.post(
        '/api/autenticar_sessao',
        {},
        {
          authorization: 'Bearer another-token-of-the-client',
        },
      )
      const { sessao } = again.json<{ sessao: string }>()
      expect((await get(rotated, sessao)).statusCode).toBe(200)
      await revokeClient(one.api.db, 'telefonia', one.clock.now())
      expect((await get(rotated, sessao)).statusCode).toBe(401)
      expect((await get(one, sessao)).statusCode).toBe(401)
    }
    await database.drop()
  })

  it('ends by an empty request as well', async () => {
    await using test = await createTestApi()
    const answer = await test.api.fastify.inject({
      method: 'POST',
      url: '/api/encerrar_sessao',
      headers: { authorization: `Bearer ${test.session}` },
    })
    expect(answer.statusCode).toBe(200)
    expect((await get(test, test.session)).statusCode).toBe(401)
  })
})

describe('the audit log', () => {
  it('has a row for every refusal, those outside the session too', async () => {
    await using test = await createTestApi({ METRICS_NETWORKS: '10.0.0.0/8', AUDIO_NETWORKS: '10.0.0.0/8' })
    for (const url of ['/metrics', '/audio/x.wav', '/api/servicos']) {
      await test.api.fastify.inject({ url, remoteAddress: '203.0.113.9' })
    }
    await call(test, { remote: '203.0.113.9' })
    expect(
      await test.api.db
        .selectFrom('audit_log')
        .select(['event', 'actor', 'address', 'detail'])
        .where('event', '!=', 'sign_in')
        .orderBy('id')
        .execute(),
    ).toEqual(
      [
        { event: 'network_refused', actor: 'desconhecido', detail: '{"route":"/metrics"}' },
        { event: 'network_refused', actor: 'desconhecido', detail: '{"route":"/audio/:name"}' },
        { event: 'session_refused', actor: 'desconhecido', detail: '{}' },
        { event: 'network_refused', actor: 'telefonia', detail: '{}' },
      ].map((row) => ({ ...row, address: '203.0.113.9' })),
    )
  })

  it('is not filled by a right session hammered from a wrong network: 600 rows an hour, and how many are not there', async () => {
    await using test = await createTestApi()
    for (let minute = 0; minute < 6; minute += 1) {
      for (let time = 0; time < 121; time += 1) {
        await call(test, { remote: '203.0.113.9' })
      }
      test.clock.advance({ minutes: 1 })
    }
    test.clock.advance({ hours: 1 })
    await call(test, { remote: '203.0.113.9' })
    const rows = await test.api.db
      .selectFrom('audit_log')
      .select('detail')
      .where('event', '=', 'network_refused')
      .orderBy('id')
      .execute()
    expect(rows).toHaveLength(601)
    const omitted = rows.map(({ detail }) => (JSON.parse(detail) as { omitted?: number }).omitted ?? 0)
    expect(omitted.reduce((sum, count) => sum + count, 0)).toBe(6 * 121 - 600)
    const told = test.logged.filter((line) => line.includes('refusals past the bound of the audit log'))
    expect(told.length).toBeLessThanOrEqual(6)
  })
})
