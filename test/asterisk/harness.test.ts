import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { PcmAudio } from '@ura/api/speech/synthesizer'
import { encodeWav } from '@ura/api/speech/wav'
import { type AgiStub, startAgiStub } from './agi-stub.ts'
import { findInOrder, heardScore } from '../listening/audio-match.ts'
import { noisePrompt, writeNoisePrompts } from '../listening/noise-prompts.ts'
import { findAsteriskRoot } from './real-asterisk.ts'
import { startTelephony, type Telephony } from './telephony.ts'

const root = await findAsteriskRoot()

function heardInOrder(recording: PcmAudio, names: string[]): boolean {
  const expected = names.map((name) => ({ name, sound: noisePrompt(name) }))
  return findInOrder(recording, expected).every(({ score }) => score >= heardScore)
}

describe.runIf(root !== '')('a call through the trunk of two real Asterisks', () => {
  let soundsFolder: string
  let server: AgiStub
  let telephony: Telephony
  const fetched: string[] = []
  const web = createServer((request, response) => {
    fetched.push(request.url ?? '')
    response.setHeader('content-type', 'audio/x-wav')
    response.setHeader('cache-control', 'max-age=60') // or Asterisk asks again each time (res_http_media_cache.c)
    response.end(encodeWav(noisePrompt('from-the-web')))
  })

  beforeAll(async () => {
    soundsFolder = await mkdtemp(join(tmpdir(), 'ura-sounds-'))
    await writeNoisePrompts(soundsFolder, ['main-menu', 'ask-registration'])
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
    server = await startAgiStub()
    telephony = await startTelephony({ root, agiServers: [server.address], soundsFolder })
  })

  afterAll(async () => {
    await telephony?.stop()
    await server?.stop()
    web.close()
    await rm(soundsFolder, { recursive: true, force: true })
  })

  afterEach(() => telephony.hangUpAll())

  it('carries digits to the FastAGI server and sound back to the caller, from file and from the web', async () => {
    const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/spoken.wav`
    const replies: (string | undefined)[] = []
    server.script = async ({ send }) => {
      replies.push(await send('GET DATA "ura/main-menu" 5000 5'))
      replies.push(await send(`STREAM FILE "${url}" ""`))
      replies.push(await send(`STREAM FILE "${url}" ""`))
      replies.push(await send('GET OPTION "ura/ask-registration" "0123456789*#" 3000'))
      await send('SET VARIABLE URA_NEXT hangup')
    }
    const call = await telephony.dial({ callerId: '2001', extension: '7000', record: true })
    await call.waitForCommand(/main-menu/)
    await call
      .waitForUraEvent('a second of the menu', ({ Event }) => Event === 'AGIExecEnd', 1_000)
      .catch(() => {})
    await call.press('1001#')
    await call.waitForCommand(/ask-registration/)
    await call.press('7')
    expect(await call.ended).toEqual({ cause: 16 }) // normal clearing
    const recording = await call.stopRecording()

    expect(replies[0]).toBe('200 result=1001')
    expect(replies.slice(1, 3)).toEqual(['200 result=0 endpos=8000', '200 result=0 endpos=8000'])
    expect(replies[3]).toMatch(/^200 result=55 endpos=/)
    expect(fetched).toEqual(['/spoken.wav'])
    expect(heardInOrder(recording, ['main-menu', 'from-the-web', 'from-the-web'])).toBe(true)
    expect(heardInOrder(recording, ['from-the-web', 'main-menu'])).toBe(false)
    expect(heardInOrder(recording, ['goodbye'])).toBe(false)
  })

  it('tells the server who calls, which call it is, and how it was entered', async () => {
    let linkedId: string | undefined
    server.script = async ({ send }) => {
      linkedId = await send('GET FULL VARIABLE "${CHANNEL(linkedid)}"')
      await send('SET VARIABLE URA_NEXT hangup')
    }
    const call = await telephony.dial({ callerId: '2002', extension: '7000' })
    await call.ended
    expect(server.sessions.at(-1)).toMatchObject({
      agi_network_script: 'helpdesk',
      agi_callerid: '2002',
      agi_language: 'pt_BR',
      agi_uniqueid: call.uraUniqueId,
      agi_arg_1: 'start',
      agi_arg_2: '1',
    })
    expect(linkedId).toBe(`200 result=1 (${call.uraUniqueId})`)
  })

  it('lets the server notice a hangup at once', async () => {
    const { promise: reply, resolve } = Promise.withResolvers<string | undefined>()
    server.script = async ({ send }) => resolve(await send('GET DATA "ura/main-menu" 60000 5'))
    const call = await telephony.dial({ callerId: '2003', extension: '7000' })
    await call.waitForCommand(/main-menu/)
    const hungUpAt = performance.now()
    await call.hangup()
    expect(await reply).toBe('200 result=-1')
    expect(performance.now() - hungUpAt).toBeLessThan(1_000)
  })

  it('keeps calls at the same time apart', async () => {
    server.script = async ({ environment, send }) => {
      const keyed = await send('GET DATA "ura/main-menu" 5000 4')
      await send(`SET VARIABLE URA_RESULT "${environment['agi_callerid']} ${keyed}"`)
      await send('SET VARIABLE URA_NEXT hangup')
    }
    const callers = ['2004', '2005', '2006']
    const calls = await Promise.all(
      callers.map((callerId) => telephony.dial({ callerId, extension: '7000' })),
    )
    await Promise.all(calls.map((call) => call.waitForCommand(/main-menu/)))
    await Promise.all(calls.map((call, index) => call.press(callers[index] ?? '')))
    for (const [index, call] of calls.entries()) {
      const command = await call.waitForCommand(/URA_RESULT/)
      expect(command['Command']).toContain(`"${callers[index]} 200 result=${callers[index]}"`)
      await call.ended
    }
  })
})
