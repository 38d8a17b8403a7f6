import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { recordFigure } from '../../scripts/test/figures.ts'
import { messageOfKey, sendCode, startGatewayProcess, TextLoad } from './gateway-process.ts'

/** `GATEWAY_KILLS` kills it more often. */
const kills = Number(process.env['GATEWAY_KILLS'] ?? 10)
const loadMsMax = 400

/** The codes that left by e-mail, one for each time. */
function mailedCodes(ledger: string): string[] {
  const lines = existsSync(ledger) ? readFileSync(ledger, 'utf8').trim().split('\n') : []
  return lines.filter((line) => line.startsWith('mailed ')).map((line) => line.slice('mailed '.length))
}

function hasEnded(fallback: { state: string } | null | undefined): boolean {
  return /^(?:sent|unknown)$/.test(fallback?.state ?? '')
}

it(
  'a gateway that is killed under load sends each code that WhatsApp did not deliver by e-mail, and none twice',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ura-killed-fallback-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const ledger = join(folder, 'ledger')
    const environment = {
      DATA_DIR: folder,
      LEDGER: ledger,
      GATEWAY_DATABASE_URL: '',
      GATEWAY_FALLBACK_SECONDS: '1',
    }
    const codes = new Map<string, string>()
    const send = async (url: string, key: string) => {
      const code = String(10_000_000 + codes.size)
      codes.set(key, code)
      return await sendCode(url, key, code)
    }
    const accepted: string[] = []
    for (let kill = 1; kill <= kills; kill += 1) {
      await using gateway = await startGatewayProcess(environment)
      const load = new TextLoad({ url: gateway.url, name: `codes-${kill}`, workers: 8, send })
      await pause(10 + Math.random() * loadMsMax)
      gateway.kill('SIGKILL')
      expect(await gateway.ended).toBeNull()
      accepted.push(...(await load.stop()).flatMap(({ key, id }) => (id === null ? [] : [key])))
    }
    await using last = await startGatewayProcess(environment)
    /** How many have come neither to their person by WhatsApp nor to an end by e-mail. */
    const open = async (): Promise<number> => {
      const messages = await Promise.all(accepted.map((key) => messageOfKey(last.url, key)))
      expect(messages).not.toContain(null)
      return messages.filter((message) => message?.state !== 'delivered' && !hasEnded(message?.fallback))
        .length
    }
    await expect.poll(open, { timeout: 60_000, interval: 200 }).toBe(0)

    const mailed = mailedCodes(ledger)
    expect(new Set(mailed).size).toBe(mailed.length)
    const mailedSet = new Set(mailed)
    const ends = await Promise.all(accepted.map((key) => messageOfKey(last.url, key)))
    // An e-mail that was under way at a kill is `unknown`: it may have left or not, and is not sent again.
    const unmailed = accepted.filter(
      (key, index) => ends[index]?.fallback?.state === 'sent' && !mailedSet.has(codes.get(key) ?? ''),
    )
    expect(unmailed).toEqual([])
    expect(accepted.length).toBeGreaterThan(kills)
    expect(mailed.length).toBeGreaterThan(0)
    const unknown = ends.filter((end) => end?.fallback?.state === 'unknown').length
    recordFigure(
      'codes by WhatsApp, else by e-mail, with the gateway killed under load',
      `${kills} kills: ${accepted.length} codes accepted, ${mailed.length} by e-mail (${unknown} without outcome), none lost, none twice`,
    )
  },
  60_000 + kills * 6_000,
)
