import { describe, expect, it } from 'vitest'
import { createTestApi, type TestApi } from '../testing/test-api.ts'

async function speakName(test: TestApi): Promise<string> {
  const answer = await test.post('/api/get_user_to_speech', { usuario: '1001' })
  return answer.json<{ nome_audio: string }>().nome_audio
}

function fetchAudio(
  test: TestApi,
  name: string,
  options: { method?: 'GET' | 'HEAD'; address?: string; headers?: Record<string, string> } = {},
) {
  const { method = 'GET', address = '127.0.0.1', headers = {} } = options
  return test.api.fastify.inject({ method, url: `/audio/${name}`, remoteAddress: address, headers })
}

describe('GET /audio/<name>', () => {
  it('gives the file without a session, with what a media cache needs', async () => {
    await using test = await createTestApi()
    const answer = await fetchAudio(test, await speakName(test))
    expect([answer.statusCode, answer.body]).toEqual([200, 'João da Conceição'])
    expect(answer.headers).toMatchObject({
      'content-type': 'audio/x-wav',
      'content-length': '20',
      etag: '"20"',
      'cache-control': 'private, max-age=86400, immutable',
    })
  })

  it('gives 16,000 Hz by a type that lets Asterisk go by the name', async () => {
    await using test = await createTestApi()
    const name = `${'a'.repeat(64)}.wav16`
    const bytes = Buffer.from('wide')
    test.speech.isAudioName = (asked) => asked === name
    test.speech.open = async () => ({ bytes, sizeBytes: 4, etag: '"4"', modifiedAt: new Date(0) })
    const answer = await fetchAudio(test, name)
    expect([answer.body, answer.headers['content-type']]).toEqual(['wide', 'audio/vnd.wave'])
  })

  it('answers HEAD with the same headers and no body', async () => {
    await using test = await createTestApi()
    const answer = await fetchAudio(test, await speakName(test), { method: 'HEAD' })
    expect([answer.statusCode, answer.body]).toEqual([200, ''])
    expect(answer.headers).toMatchObject({
      'content-type': 'audio/x-wav',
      'content-length': '20',
      etag: '"20"',
    })
  })

  it.each(['GET', 'HEAD'] as const)('answers 304 to %s with its own ETag', async (method) => {
    await using test = await createTestApi()
    const headers = { 'if-none-match': '"20"' }
    const answer = await fetchAudio(test, await speakName(test), { method, headers })
    expect([answer.statusCode, answer.body]).toEqual([304, ''])
    expect(answer.headers['cache-control']).toBe('private, max-age=86400, immutable')
  })

  it('is for its own networks alone', async () => {
    await using test = await createTestApi({ AUDIO_NETWORKS: '10.0.0.0/8' })
    const name = await speakName(test)
    expect((await fetchAudio(test, name)).statusCode).toBe(403)
    expect((await fetchAudio(test, name, { address: '10.1.2.3' })).statusCode).toBe(200)
  })

  it.each([
    '0'.repeat(64).concat('.wav'),
    'x.wav',
    '..%2f..%2fpackage.json',
    '%2e%2e%2fhelpdesk.sqlite',
    'a%00.wav',
  ])('finds nothing under %j', async (name) => {
    await using test = await createTestApi()
    const answer = await fetchAudio(test, name)
    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toMatchObject({ status: false })
  })

  it('is logged without the name', async () => {
    await using test = await createTestApi()
    const name = await speakName(test)
    await fetchAudio(test, name)
    expect(test.logged.join()).toContain('/audio/:name')
    expect(test.logged.join()).not.toContain(name)
  })
})

describe('POST /api/remover_audio', () => {
  it('removes what the API made, once', async () => {
    await using test = await createTestApi()
    const audio = await speakName(test)
    expect((await test.post('/api/remover_audio', { audio })).json()).toEqual({ status: true })
    expect((await test.post('/api/remover_audio', { audio })).json()).toEqual({ status: false })
    expect((await fetchAudio(test, audio)).statusCode).toBe(404)
  })

  it.each(['../helpdesk.sqlite', '/etc/passwd', 'a/b.wav', 'ura.wav', String.raw`..\x.wav`])(
    'refuses %j',
    async (audio) => {
      await using test = await createTestApi()
      const answer = await test.post('/api/remover_audio', { audio })
      expect(answer.statusCode).toBe(400)
      expect(answer.json()).toMatchObject({ erro: { codigo: 'AUDIO_INVALIDO', campo: 'audio' } })
    },
  )
})
