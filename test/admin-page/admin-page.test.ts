import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '@ura/core/logger'
import { createGateway, type Gateway } from '@ura/whatsapp-gateway/app'
import { readGatewayConfiguration } from '@ura/whatsapp-gateway/config'
import { FakeQrDriver } from '@ura/whatsapp-gateway/testing/fake-qr-driver'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ensureChromium } from '../../scripts/real-parts/chromium.ts'
import { realPartsRequired } from '../../scripts/real-parts/config.ts'
import { type RunningChromium, startChromium } from '../docs-page/chromium-process.ts'

const part = await ensureChromium((line) => process.stderr.write(`Chromium: ${line}\n`))
if (!part.available) {
  process.stderr.write(`*** SKIPPED: the page /admin/qr in a browser (${part.reason})\n`)
}

const adminToken = 'admin-token-for-tests'
/** Where the page is to be kept as pictures, for people to look at. */
const picturesFolder = process.env['ADMIN_PAGE_PICTURES']

describe.skipIf(!part.available && !realPartsRequired())('/admin/qr in Chromium', () => {
  const driver = new FakeQrDriver()
  let folder: string
  let gateway: Gateway
  let url: string
  let chromium: RunningChromium
  let page: Page
  /** What the browser asked for elsewhere, complained of or refused. */
  const troubles: string[] = []

  beforeAll(async () => {
    if (!part.available) {
      throw new Error(part.reason)
    }
    folder = await mkdtemp(join(tmpdir(), 'ura-admin-page-'))
    const config = readGatewayConfiguration({
      GATEWAY_TOKEN: 'gateway-token-for-tests',
      GATEWAY_ADMIN_TOKEN: adminToken,
      GATEWAY_PORT: '0',
      DATA_DIR: folder,
    })
    const log = createLogger({ service: 'test', level: 'silent' })
    gateway = await createGateway(config, { clock: { now: () => new Date() }, log, driver })
    ;({ url } = await gateway.listen())
    chromium = await startChromium(part.root)
    const context = await chromium.browser.newContext({
      httpCredentials: { username: 'admin', password: adminToken },
    })
    page = await context.newPage()
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        troubles.push(`console: ${message.text()}`)
      }
    })
    page.on('pageerror', (error) => troubles.push(`error: ${error.message}`))
    page.on('request', (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith('data:')) {
        troubles.push(`asked elsewhere: ${request.url()}`)
      }
    })
  })

  afterAll(async () => {
    await chromium?.stop()
    await gateway?.close()
    await rm(folder, { recursive: true, force: true })
  })

  beforeEach(async () => {
    driver.asked.length = 0
    become('qr', 1)
    await page.goto(`${url}/admin/qr`)
  })

  function become(state: FakeQrDriver['status']['state'], qrAttempt: number | null = null): void {
    driver.waiting = state === 'logged_out'
    driver.status = {
      state,
      since: new Date('2026-03-10T17:30:00Z'),
      qrAttempt,
      qrExpiresAt: qrAttempt === null ? null : new Date('2026-03-10T17:31:00Z'),
    }
  }

  const focused = (): Promise<string> => page.evaluate('document.activeElement.id')

  it('shows the QR as a picture with words in its place, and the state as text that is read out', async () => {
    expect(await page.locator('html').getAttribute('lang')).toBe('pt-BR')
    expect(await page.getByRole('status').first().innerText()).toContain('Aguardando a leitura do QR code')
    const image = page.getByRole('img')
    expect(await image.getAttribute('alt')).toContain('QR code número 1 para conectar o WhatsApp')
    expect(await page.evaluate('document.images[0].complete && document.images[0].naturalWidth > 0')).toBe(
      true,
    )
    await picture('qr')
  })

  it('follows the connection by itself and leaves the focus where it was', async () => {
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('new-qr')
    become('qr', 2)
    await page.getByAltText('QR code número 2').waitFor()
    expect(await focused()).toBe('new-qr')
    become('connected')
    await page.getByText('Conectado desde').waitFor()
    // Its button is gone.
    expect(await focused()).toBe('title')
    expect(await page.getByRole('img').count()).toBe(0)
    await picture('connected')
  })

  it('asks for another QR by keyboard', async () => {
    become('logged_out')
    await page.getByText('peça um novo').waitFor()
    await page.keyboard.press('Tab')
    const back = page.waitForEvent('load')
    await page.keyboard.press('Enter')
    await back
    expect([page.url(), driver.asked]).toEqual([`${url}/admin/qr`, ['new QR']])
  })

  it('logs out by keyboard after a second question, which a refresh does not close', async () => {
    become('connected')
    await page.getByText('Conectado desde').waitFor()
    await page.locator('#log-out').focus()
    await page.keyboard.press('Enter')
    await page.waitForResponse(`${url}/admin/qr`)
    await page.waitForResponse(`${url}/admin/qr`)
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('log-out-now')
    expect(driver.asked).toEqual([])
    const back = page.waitForEvent('load')
    await page.keyboard.press('Enter')
    await back
    expect(driver.asked).toEqual(['log out'])
  })

  it('refuses the same form from another site, password and all', async () => {
    const answer = await page.request.post(`${url}/admin/qr/log-out`, {
      form: { token: 'guessed' },
      headers: { origin: 'https://other.example' },
    })
    expect([answer.status(), driver.asked]).toEqual([403, []])
  })

  it('has nothing to complain of: no error, no broken policy, no request elsewhere', () => {
    expect(troubles).toEqual([])
  })

  it('says when the gateway no longer answers', async () => {
    await gateway.close()
    const contact = page.getByText('O gateway não responde')
    await contact.waitFor()
    expect(await contact.getAttribute('role')).toBe('status')
  })

  async function picture(name: string): Promise<void> {
    if (picturesFolder !== undefined) {
      await page.screenshot({ path: `${picturesFolder}/${name}.png`, fullPage: true })
    }
  }
})
