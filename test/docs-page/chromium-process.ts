import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Browser, chromium } from 'playwright-core'
import { commandInRoot } from '../../scripts/real-parts/chroot.ts'
import { commandEnvironment } from '../../scripts/real-parts/config.ts'

/** A Chromium of a test's own. */
export interface RunningChromium {
  browser: Browser
  stop(): Promise<void>
}

const startTimeoutMs = 60_000
const profileInside = '/srv/chromium-profile'

const switches = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // The network is cut to loopback: no other name or address can be reached.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  '--proxy-server=direct://',
  '--remote-debugging-port=0',
  `--user-data-dir=${profileInside}`,
]

/**
 * Starts the Chromium of a Debian root with an empty profile and the network cut to loopback.
 *
 * @throws Error with its last line when it doesn't answer within 60 s
 */
export async function startChromium(root: string): Promise<RunningChromium> {
  const profile = await mkdtemp(join(tmpdir(), 'ura-chromium-'))
  const { file, args } = commandInRoot({
    root,
    binds: [{ hostFolder: profile, insidePath: profileInside }],
    command: ['chromium', ...switches],
  })
  const child = spawn(file, args, {
    env: { ...commandEnvironment({}), HOME: profileInside },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const gone = once(child, 'close')
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await gone
    await rm(profile, { recursive: true, force: true })
  }
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let lastLine = ''
  const fail = (): void => reject(new Error(`Chromium did not start: ${lastLine}`))
  const timer = setTimeout(fail, startTimeoutMs)
  child.once('close', fail)
  child.once('error', fail)
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastLine = line
    const listening = /^DevTools listening on (ws:\S+)/.exec(line)?.[1]
    if (listening !== undefined) {
      resolve(listening)
    }
  })
  try {
    const browser = await chromium.connectOverCDP(await promise)
    return {
      browser,
      async stop() {
        await browser.close()
        await stop()
      },
    }
  } catch (error) {
    await stop()
    throw error
  } finally {
    clearTimeout(timer)
  }
}
