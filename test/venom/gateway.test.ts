import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runningInGroup } from '@ura/whatsapp-gateway/drivers/venom/process-group'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ensureChromium } from '../../scripts/real-parts/chromium.ts'
import { realPartsRequired } from '../../scripts/real-parts/config.ts'
import { ensureVenom } from '../../scripts/real-parts/venom.ts'
import { linesWithCode } from '../support/log-search.ts'
import type { ServiceProcess } from '../support/service-process.ts'
import { writeBrowserCommand } from './browser-command.ts'
import { FakeWhatsAppWeb } from './fake-whatsapp-web.ts'
import { adminToken, gatewayToken, startGatewayProcess } from './gateway-process.ts'

const chromium = await ensureChromium()
const venomBot = await ensureVenom()
const missing = [chromium, venomBot].flatMap((part) => (part.available ? [] : [part.reason]))
if (missing.length > 0) {
  process.stderr.write(`*** SKIPPED: the gateway with the real venom-bot (${missing.join('; ')})\n`)
}

function eventually<T>(read: () => T) {
  return expect.poll(read, { interval: 50, timeout: 45_000 })
}
const authorization = `Bearer ${gatewayToken}`

/** A gateway that would send by venom, in front of a fake WhatsApp Web, with an address for its alerts. */
async function prepare() {
  if (!chromium.available || !venomBot.available) {
    throw new Error(missing.join('; '))
  }
  const folder = await mkdtemp(join(tmpdir(), 'ura-venom-'))
  const fake = await FakeWhatsAppWeb.start()
  const browserPath = join(folder, 'chromium')
  await writeBrowserCommand(browserPath, { root: chromium.root, folder, switches: fake.browserSwitches })
  const alerts: string[] = []
  const alertServer = createServer((request, response) => {
    request.on('data', (chunk: Buffer) =>
      alerts.push((JSON.parse(chunk.toString()) as { type: string }).type),
    )
    request.on('end', () => response.end())
  })
  alertServer.listen(0, '127.0.0.1')
  await once(alertServer, 'listening')
  const running: ServiceProcess[] = []
  onTestFinished(async () => {
    for (const gateway of running) {
      gateway.kill('SIGTERM')
      await gateway.ended
    }
    alertServer.close()
    await fake.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  const start = async (): Promise<ServiceProcess> => {
    const gateway = await startGatewayProcess({
      WHATSAPP_DRIVER: 'venom',
      VENOM_MODULES: venomBot.folder,
      VENOM_BROWSER: browserPath,
      DATA_DIR: folder,
      GATEWAY_ALERT_URL: `http://127.0.0.1:${(alertServer.address() as AddressInfo).port}`,
    })
    running.push(gateway)
    return gateway
  }
  const processFile = join(folder, 'whatsapp-session', 'process')
  const group = (): number => Number(readFileSync(processFile, 'utf8').split(' ')[0])
  return { fake, alerts, start, group, processFile }
}

async function stateOf({ url }: ServiceProcess): Promise<string> {
  const answer = await fetch(`${url}/api/auth/status`, { headers: { authorization } })
  return ((await answer.json()) as { state: string }).state
}

describe.skipIf(missing.length > 0 && !realPartsRequired())('the gateway with the real venom-bot', () => {
  it('shows the QR to the administrator, sends once it is read, and tells of the login', async () => {
    const { fake, alerts, start, group, processFile } = await prepare()
    const gateway = await start()
    await eventually(() => stateOf(gateway)).toBe('qr')
    const admin = { authorization: `Bearer ${adminToken}` }
    const image = await fetch(`${gateway.url}/admin/qr/image.png`, { headers: admin })
    expect([image.status, image.headers.get('content-type')]).toEqual([200, 'image/png'])
    fake.tell({ type: 'scanned' })
    await eventually(() => stateOf(gateway)).toBe('connected')
    await eventually(() => alerts).toEqual(['whatsapp.logged_out', 'whatsapp.connected'])
    const code = '48217730'
    const body = JSON.stringify({
      phone: '45 99999-0001',
      otp: { code, expiresAt: new Date(Date.now() + 300_000).toISOString() },
    })
    const sent = await fetch(`${gateway.url}/api/send-message`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body,
    })
    expect(sent.status).toBe(202)
    await eventually(() => fake.sends).toMatchObject([{ text: expect.stringContaining(code) }])
    const groupId = group()
    gateway.kill('SIGTERM')
    expect(await gateway.ended).toBe(0)
    expect([runningInGroup(groupId), existsSync(processFile)]).toEqual([[], false])
    expect(linesWithCode(gateway.logLines, code)).toEqual([])
  })

  it('takes its browser along when it is killed, and lets the next gateway begin', async () => {
    const { start, group } = await prepare()
    const gateway = await start()
    await eventually(() => stateOf(gateway)).toBe('qr')
    const groupId = group()
    expect(runningInGroup(groupId)?.length).toBeGreaterThan(2)
    gateway.kill('SIGKILL')
    await gateway.ended
    await eventually(() => runningInGroup(groupId)).toEqual([])
    const next = await start()
    await eventually(() => stateOf(next)).toBe('qr')
  })

  it('says what to install when venom-bot is missing', async () => {
    const start = startGatewayProcess({
      WHATSAPP_DRIVER: 'venom',
      VENOM_MODULES: '/nowhere',
      DATA_DIR: tmpdir(),
    })
    await expect(start).rejects.toThrow('npm ci --ignore-scripts --prefix whatsapp-gateway/venom')
  })
})
