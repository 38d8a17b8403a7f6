import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promptIds } from '@ura/agi/prompts/ids'
import { readPromptPack, type PackedPrompt } from '@ura/api/speech/prompt-pack'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callSteps, exampleTexts } from '../../scripts/prompts/call-order.ts'
import { runPrompts } from '../../scripts/prompts/command.ts'
import { ensureChromium } from '../../scripts/real-parts/chromium.ts'
import { realPartsRequired } from '../../scripts/real-parts/config.ts'
import { type RunningChromium, startChromium } from '../docs-page/chromium-process.ts'

const part = await ensureChromium((line) => process.stderr.write(`Chromium: ${line}\n`))
if (!part.available) {
  process.stderr.write(`*** SKIPPED: the page of prompts in a browser (${part.reason})\n`)
}

/** Runs in the page: every sound as the browser sees it once it has read its beginning. */
const readSounds = `Promise.all([...document.querySelectorAll('audio')].map(async (audio) => {
  if (audio.readyState < 1 && audio.error === null) {
    await new Promise((resolve) => {
      audio.addEventListener('loadedmetadata', resolve)
      audio.addEventListener('error', resolve)
    })
  }
  return {
    id: audio.closest('li').id,
    label: audio.getAttribute('aria-label'),
    error: audio.error === null ? null : audio.error.message,
    seconds: audio.duration,
  }
}))`

/** Runs in the page: what is playing. */
const playing = `[...document.querySelectorAll('audio')].filter((audio) => !audio.paused).map((audio) => audio.closest('li').id)`

/** Runs in the page: goes to just before the end of what is playing. */
const skipToTheEnd = `{
  const audio = [...document.querySelectorAll('audio')].find((one) => !one.paused)
  if (audio) audio.currentTime = Math.max(0, audio.duration - 0.05)
}`

interface SoundOfPage {
  id: string
  label: string
  error: string | null
  seconds: number
}

describe.skipIf(!part.available && !realPartsRequired())('the page of prompts in Chromium', () => {
  let folder: string
  let server: Server
  let chromium: RunningChromium
  let page: Page
  let address: string
  const troubles: string[] = []

  beforeAll(async () => {
    if (!part.available) {
      throw new Error(part.reason)
    }
    folder = await mkdtemp(join(tmpdir(), 'ura-listening-'))
    const file = join(folder, 'prompts.html')
    const errors: string[] = []
    await runPrompts({
      arguments: ['--out', folder, '--page', file],
      environment: {},
      progress: () => {},
      print: () => {},
      printError: (text) => errors.push(text),
    })
    if (errors.length > 0) {
      throw new Error(errors.join('\n'))
    }
    const html = await readFile(file)
    server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    chromium = await startChromium(part.root)
    page = await chromium.browser.newPage()
    page.on('console', (message) => troubles.push(`console: ${message.text()}`))
    page.on('pageerror', (error) => troubles.push(`error: ${error.message}`))
    page.on('request', (request) => {
      if (!request.url().startsWith('data:') && request.url() !== address) {
        troubles.push(`asked for: ${request.url()}`)
      }
    })
    await page.goto(address)
  })

  afterAll(async () => {
    await chromium?.stop()
    server?.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function packed(): Promise<PackedPrompt[]> {
    const examples = await readPromptPack({ outFolder: folder, packFolder: 'exemplos' })
    return [...(await readPromptPack({ outFolder: folder })), ...examples]
  }

  it('loads every prompt and example, each as long as the manifest says', async () => {
    const sounds = (await page.evaluate(readSounds)) as SoundOfPage[]
    const durations = new Map((await packed()).map(({ id, durationMs }) => [id, durationMs / 1_000]))
    expect(sounds.map(({ id }) => id)).toEqual(callSteps.flatMap((step) => step.sounds))
    expect(sounds).toHaveLength(promptIds.length + Object.keys(exampleTexts).length)
    for (const { id, label, error, seconds } of sounds) {
      expect([id, error, label]).toEqual([id, null, `Ouvir ${id}`])
      expect(Math.abs(seconds - (durations.get(id) ?? 0))).toBeLessThan(0.01)
    }
  })

  it('plays every one', async () => {
    const played = await page.evaluate(`(async () => {
      const played = []
      for (const audio of document.querySelectorAll('audio')) {
        await audio.play()
        await new Promise((resolve) => audio.addEventListener('timeupdate', resolve, { once: true }))
        audio.pause()
        played.push(audio.closest('li').id)
      }
      return played
    })()`)
    expect(played).toEqual(callSteps.flatMap((step) => step.sounds))
  })

  it('plays a step in order at one press, one at a time, and stops at another', async () => {
    await page.getByRole('button', { name: 'Tocar esta etapa: Confirmação do nome' }).click()
    for (const id of callSteps.find((step) => step.id === 'nome')?.sounds ?? []) {
      await expect.poll(() => page.evaluate(playing), { timeout: 20_000 }).toEqual([id])
      // The page is told that a sound plays by an event that comes after it began.
      await expect.poll(() => page.getByRole('status').innerText()).toBe(`Tocando ${id}`)
      await page.evaluate(skipToTheEnd)
    }
    await expect.poll(() => page.evaluate(playing), { timeout: 20_000 }).toEqual([])
    await page.getByRole('button', { name: 'Tocar tudo' }).click()
    await expect.poll(() => page.evaluate(playing)).toEqual(['main-menu'])
    await page.getByRole('button', { name: 'Parar' }).click()
    expect(await page.evaluate(playing)).toEqual([])
  })

  it('can be read by everybody: language, title, one main heading, levels in order, names for all controls', async () => {
    const facts = await page.evaluate(`({
      lang: document.documentElement.lang,
      title: document.title,
      headings: [...document.querySelectorAll('h1,h2,h3,h4')].map((one) => one.tagName),
      ids: [...document.querySelectorAll('[id]')].map((one) => one.id),
      unnamed: [...document.querySelectorAll('button,a,audio,section,nav')].filter((one) =>
        !one.textContent.trim() && !one.getAttribute('aria-label')).length,
      deadLinks: [...document.querySelectorAll('a')].filter((one) =>
        document.getElementById(one.getAttribute('href').slice(1)) === null).length,
      landmarks: ['header', 'nav', 'main'].map((name) => document.querySelectorAll('body > ' + name).length),
    })`)
    expect(facts).toMatchObject({ lang: 'pt-BR', title: 'Avisos da URA Chamados', unnamed: 0, deadLinks: 0 })
    const { headings, ids, landmarks } = facts as { headings: string[]; ids: string[]; landmarks: number[] }
    expect(headings).toEqual(['H1', ...callSteps.map(() => 'H2')])
    expect(new Set(ids).size).toBe(ids.length)
    expect(landmarks).toEqual([1, 1, 1])
  })

  it('plays without its script, and asks for nothing at all', async () => {
    const context = await chromium.browser.newContext({ javaScriptEnabled: false })
    const plain = await context.newPage()
    await plain.goto(address)
    expect(await plain.locator('audio[controls]').count()).toBeGreaterThan(promptIds.length)
    expect(await plain.getByRole('button').count()).toBe(0)
    await context.close()
    expect(troubles).toEqual([])
  })
})
