import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeWav } from '@ura/api/speech/wav'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insideFolder } from '../asterisk/asterisk-process.ts'
import { findAsteriskRoot } from '../asterisk/real-asterisk.ts'
import { startTelephony, type Telephony } from '../asterisk/telephony.ts'
import { noisePrompt } from '../listening/noise-prompts.ts'
import { plainAsterisk } from './layouts.ts'
import { makePackage, makePbx } from './pbx.ts'

const root = await findAsteriskRoot()

/** Serves a sound for a second or an hour, by its path; `/audio/hangs.wav` never. */
async function startAudioServer() {
  const wav = encodeWav(noisePrompt('spoken name', 200))
  const server = createServer((request, response) => {
    if (request.url === '/audio/hangs.wav') return
    const seconds = request.url?.includes('brief') === true ? 1 : 3_600
    response.writeHead(200, { 'content-type': 'audio/x-wav', 'cache-control': `private, max-age=${seconds}` })
    response.end(wav)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** What the installer makes of an administrator's res_http_media_cache.conf. */
async function installedOver(text: string): Promise<string> {
  const name = 'etc/asterisk/res_http_media_cache.conf'
  const pbx = await makePbx({ ...plainAsterisk, [name]: text })
  const { code, output } = await pbx.run('install')
  if (code !== 0) throw new Error(output)
  const installed = await pbx.read(name)
  await pbx.remove()
  return installed
}

describe.runIf(root !== '')('the media cache of a real Asterisk, after the installer', () => {
  let folder: string
  let audio: Awaited<ReturnType<typeof startAudioServer>>
  let telephony: Telephony
  let cache: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ura-cache-'))
    await makePackage(join(folder, 'package'))
    await mkdir(join(folder, 'pt_BR'))
    const mediaCache = await installedOver('[general]\nuser_agent=prefeitura\n')
    audio = await startAudioServer()
    const play = (extension: string, path: string) =>
      `exten => ${extension},1,Answer()\n same => n,Playback(${audio.url}/${path})\n same => n,UserEvent(Played,Status: \${PLAYBACKSTATUS})\n`
    telephony = await startTelephony({
      root,
      agiServers: ['127.0.0.1:9'],
      soundsFolder: join(folder, 'pt_BR'),
      soundsInside: '/usr/share/asterisk/sounds/pt_BR',
      uraFiles: (usual) => ({ ...usual, 'res_http_media_cache.conf': mediaCache }),
      extraExtensions: [
        play('7020', 'audio/brief.wav'),
        play('7021', 'audio/long.wav'),
        play('7022', 'music/brief.wav'),
        play('7023', 'audio/hangs.wav'),
      ].join(''),
    })
    cache = join(telephony.uraFolder, 'cache')
    await mkdir(join(telephony.uraFolder, 'host/etc/cron.d'), { recursive: true })
    const installed = await runAtUra(
      '/srv/package/install',
      'install',
      '--root',
      `${insideFolder}/host`,
      '--asterisk-etc',
      `${insideFolder}/etc`,
    )
    if (installed.code !== 0) throw new Error(installed.output)
  })

  afterAll(async () => {
    await telephony?.stop()
    audio?.server.close()
    audio?.server.closeAllConnections()
    await rm(folder, { recursive: true, force: true })
  })

  const runAtUra = (script: string, ...args: string[]) =>
    telephony.runAtUra(
      ['sh', script, ...args],
      [{ hostFolder: join(folder, 'package'), insidePath: '/srv/package' }],
    )
  const clean = () =>
    runAtUra(`${insideFolder}/host/usr/local/sbin/ura-media-cache-clean`, `${insideFolder}/etc`)

  async function hear(extension: string): Promise<string | undefined> {
    const call = await telephony.dial({ callerId: '2001', extension })
    const played = await call.waitForUraEvent('the end', ({ UserEvent }) => UserEvent === 'Played', 30_000)
    await call.ended
    return played['Status']
  }

  const addressesKept = async () =>
    [...(await telephony.uraCommand('media cache show all')).matchAll(/^http:\S+\/(\w+\/\w+\.wav)/gm)].map(
      ([, path]) => path,
    )

  it('loses what has expired of our audio, file and all, and nothing else', async () => {
    for (const extension of ['7020', '7021', '7022']) expect(await hear(extension)).toBe('SUCCESS')
    expect(await readdir(cache)).toHaveLength(3)
    await writeFile(join(cache, 'bucket-young1.wav'), 'being fetched')
    await writeFile(join(cache, 'bucket-older2.wav'), 'left by a crash')
    await writeFile(join(cache, 'something-else.wav'), 'of another program')
    const twoDaysAgo = Date.now() / 1_000 - 2 * 86_400
    for (const name of ['bucket-older2.wav', 'something-else.wav']) {
      await utimes(join(cache, name), twoDaysAgo, twoDaysAgo)
    }
    const keptAfterCleaning = async () => {
      await clean()
      return (await addressesKept()).length
    }
    await expect.poll(keptAfterCleaning, { timeout: 20_000 }).toBe(2)
    expect(await addressesKept()).toEqual(expect.arrayContaining(['audio/long.wav', 'music/brief.wav']))
    const kept = await readdir(cache)
    expect(kept).toHaveLength(4)
    expect(kept).toEqual(expect.arrayContaining(['bucket-young1.wav', 'something-else.wav']))
    expect(await telephony.uraCommand('database show MediaCache')).not.toContain('audio/brief.wav')
    expect(await hear('7020')).toBe('SUCCESS')
  })

  it('waits seconds, not minutes, for an API that hangs, with the other settings of the file in force', async () => {
    const before = performance.now()
    expect(await hear('7023')).toBe('FAILED')
    expect(performance.now() - before).toBeLessThan(20_000)
  })

  it('deletes nothing when Asterisk does not answer', async () => {
    const before = await readdir(cache)
    const { code } = await runAtUra(`${insideFolder}/host/usr/local/sbin/ura-media-cache-clean`, '/nowhere')
    expect(code).toBe(0)
    expect(await readdir(cache)).toEqual(before)
  })
})
