import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureChromium } from '../../scripts/real-parts/chromium.ts'
import { realPartsRequired } from '../../scripts/real-parts/config.ts'
import { HelpdeskSystem } from '../support/helpdesk-system.ts'
import { type RunningChromium, startChromium } from './chromium-process.ts'

const part = await ensureChromium((line) => process.stderr.write(`Chromium: ${line}\n`))
if (!part.available) {
  process.stderr.write(`*** SKIPPED: the page /docs in a browser (${part.reason})\n`)
}

/** Where the page is to be kept as pictures, for people to look at. */
const picturesFolder = process.env['DOCS_PAGE_PICTURES']

/** Runs in the page. */
const reportPolicyViolations = `document.addEventListener('securitypolicyviolation', (event) => {
  console.error('CSP: ' + event.violatedDirective + ' ' + event.blockedURI)
})`

describe.skipIf(!part.available && !realPartsRequired())(
  '/docs in Chromium, cut off from every network',
  () => {
    let system: HelpdeskSystem
    let chromium: RunningChromium
    let page: Page
    /** What the browser asked for elsewhere, complained of or refused. */
    const troubles: string[] = []

    beforeAll(async () => {
      if (!part.available) {
        throw new Error(part.reason)
      }
      system = await HelpdeskSystem.start()
      chromium = await startChromium(part.root)
      page = await chromium.browser.newPage({ viewport: { width: 1280, height: 1000 } })
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') {
          troubles.push(`console: ${message.text()}`)
        }
      })
      page.on('pageerror', (error) => troubles.push(`error: ${error.message}`))
      page.on('request', (request) => {
        if (!/^(?:data|blob):/.test(request.url()) && !request.url().startsWith(system.apiUrl)) {
          troubles.push(`asked elsewhere: ${request.url()}`)
        }
      })
      page.on('requestfailed', (request) => troubles.push(`not loaded: ${request.url()}`))
      await page.addInitScript({ content: reportPolicyViolations })
      await page.goto(`${system.apiUrl}/docs/`)
    })

    afterAll(async () => {
      await chromium?.stop()
      await system?.stop()
    })

    it('shows every group and operation, with the error table', async () => {
      await page.locator('.opblock').first().waitFor()
      const { paths, tags } = (await (await fetch(`${system.apiUrl}/docs/json`)).json()) as {
        paths: Record<string, object>
        tags: { name: string }[]
      }
      const operations = Object.values(paths).flatMap((item) => Object.keys(item))
      expect(await page.locator('.opblock').count()).toBe(operations.length)
      for (const { name } of tags) {
        await page.locator('.opblock-tag', { hasText: name }).first().waitFor()
      }
      expect(await page.locator('.info table tbody tr').count()).toBeGreaterThan(20)
      await picture('docs-page')
    })

    it('makes a request from the page: signs in with a token, then asks with the session', async () => {
      await authorize('token', system.clientToken)
      const signedIn = await tryOut('autenticar_sessao')
      expect(signedIn.status).toBe('200')
      const { sessao } = JSON.parse(signedIn.body) as { sessao: string }
      await authorize('sessao', sessao)
      const verified = await tryOut('verificar_usuario')
      expect([verified.status, JSON.parse(verified.body)]).toEqual(['200', { status: true }])
      await picture('docs-try-it-out')
    })

    it('has nothing to complain of: no error, no broken policy, no request elsewhere', () => {
      expect(troubles).toEqual([])
    })

    async function authorize(scheme: string, value: string): Promise<void> {
      await page.locator('.auth-wrapper .authorize').first().click()
      const form = page.locator('.auth-container', { has: page.locator(`h4:has-text("${scheme}")`) })
      await form.locator('input').fill(value)
      await form.locator('button.authorize').click()
      await page.locator('.modal-ux .btn-done').first().click()
    }

    async function tryOut(name: string): Promise<{ status: string; body: string }> {
      const operation = page.locator('.opblock', { has: page.locator(`[data-path="/api/${name}"]`) })
      await operation.locator('.opblock-summary-control').click()
      await operation.locator('.try-out__btn').click()
      await operation.locator('button.execute').click()
      const live = operation.locator('.live-responses-table')
      await live.waitFor()
      const status = await live.locator('tbody .response-col_status').first().innerText()
      const body = await live.locator('tbody .highlight-code code').first().innerText()
      return { status: status.trim().slice(0, 3), body }
    }

    async function picture(name: string): Promise<void> {
      if (picturesFolder !== undefined) {
        await page.screenshot({ path: `${picturesFolder}/${name}.png`, fullPage: true })
      }
    }
  },
)
