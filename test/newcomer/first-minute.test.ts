import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findRunning } from '../../scripts/start/running.ts'

/** What the README promises, done as its reader does it: the real commands in processes of their own. */
const project = new URL('../..', import.meta.url).pathname

describe('the first minute', () => {
  let dataFolder: string
  let started: ChildProcess
  let output = ''

  beforeAll(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'ura-newcomer-'))
    const begin = performance.now()
    started = spawn('npm', ['start'], { cwd: project, env: environment(), detached: true })
    started.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    while (!(await isReady())) {
      if (performance.now() - begin > 30_000) {
        throw new Error(`npm start is not ready after 30 s:\n${output}`)
      }
      await pause(25)
    }
  })
  afterAll(async () => {
    if (started.exitCode === null && started.signalCode === null && started.pid !== undefined) {
      process.kill(-started.pid, 'SIGKILL')
    }
    await rm(dataFolder, { recursive: true, force: true })
  })

  function environment(): NodeJS.ProcessEnv {
    return { ...process.env, DATA_DIR: dataFolder, API_PORT: '0', AGI_PORT: '0', GATEWAY_PORT: '0' }
  }

  async function isReady(): Promise<boolean> {
    const running = findRunning(dataFolder)
    if (running === null) {
      return false
    }
    return fetch(`${running.apiUrl}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
  }

  async function run(
    command: string,
    options: readonly string[] = [],
    variables: Record<string, string> = {},
  ): Promise<{ code: number | null; text: string }> {
    const child = spawn('npm', ['run', '--silent', command, '--', ...options], {
      cwd: project,
      env: { ...environment(), ...variables },
    })
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()))
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, text }
  }

  function recordIn(text: string): { outcome: string; protocol: string | null; steps: { step: string }[] } {
    return JSON.parse(text.trim().split('\n').at(-1) ?? '') as ReturnType<typeof recordIn>
  }

  it('npm start says where and what next', () => {
    expect(output).toMatch(/agi:\/\/127\.0\.0\.1:\d+\/helpdesk/)
    expect(output).toContain('1001, 1002, 1003, 1004, 1005')
    expect(output).toContain('npm run phone')
  })

  it('keeps its secrets where only the owner reads them', () => {
    expect(statSync(join(dataFolder, 'secrets.json')).mode & 0o777).toBe(0o600)
    const secrets = JSON.parse(readFileSync(join(dataFolder, 'secrets.json'), 'utf8')) as Record<
      string,
      string
    >
    for (const secret of Object.values(secrets)) {
      expect(output).not.toContain(secret)
    }
  })

  it('the phone opens a ticket, tells its status, and opens one out of hours when asked for a technician', async () => {
    const opening = await run('phone', ['--json', '--keys', '1 1001# {code} 1 2 1'])
    expect(opening.text).toContain('WhatsApp: Seu código de acesso é')
    expect(opening.code).toBe(0)
    const { outcome, protocol } = recordIn(opening.text)
    expect(outcome).toBe('ticket_opened')

    const query = await run('phone', ['--json', '--keys', `2 1001# ${protocol}#`])
    expect(query.code).toBe(0)
    expect(query.text).toMatch(/URA: +Chamado.*aberto/)
    expect(recordIn(query.text).outcome).toBe('status_told')

    expect((await run('admin', ['hours', 'close', 'hoje', '--reason', 'teste'])).code).toBe(0)
    const closed = await run('phone', ['--json', '--keys', '3 1002# {code} 1 2 1'])
    expect(closed.code).toBe(0)
    expect(closed.text).toContain('fora do horário de atendimento')
    expect(recordIn(closed.text)).toMatchObject({ outcome: 'ticket_opened' })

    expect((await run('admin', ['hours', 'open', 'hoje'])).code).toBe(0)
    const open = await run('phone', ['--json', '--keys', '3'])
    expect(open.text).toContain('fila dos técnicos')
    expect(recordIn(open.text).outcome).toBe('transferred')
  })

  it('the phone tells by its exit code that a call did not end as meant', async () => {
    const stranger = await run('phone', ['--keys', '1 9999#'])
    expect(stranger.code).toBe(1)
    expect((await run('phone', ['--keys', '1 9999#', '--expect', 'abandoned'])).code).toBe(0)
    expect((await run('phone', ['--keys', '1 x'])).code).toBe(2)
    expect((await run('phone', ['--expect', 'abandonned'])).code).toBe(2)
  })

  it('a start that can not be says why in plain words', async () => {
    const second = await run('start')
    expect(second.text).toMatch(
      /whatsapp-gateway\.sqlite can't be opened; does another gateway use the same DATA_DIR/,
    )
    expect(second.text).not.toContain('    at ')
    expect(second.code).toBe(1)
    const faulty = await run('start', [], { AGI_MAX_CALLS: 'many', FIRST_DIGIT_MS: '1' })
    expect(faulty.text).toMatch(/2 fault\(s\):\s+- AGI_MAX_CALLS must be .*\s+- FIRST_DIGIT_MS must be/)
    expect(faulty.code).toBe(2)
  })

  it('Ctrl-C closes it cleanly', async () => {
    // npm itself ends by the signal; "close" comes when the service has let go of the terminal as well.
    const ended = once(started, 'close')
    process.kill(-(started.pid ?? 0), 'SIGINT')
    await ended
    expect(output).toMatch(/Encerrando…\s+Encerrado\.\s*$/)
    expect(existsSync(join(dataFolder, 'running.json'))).toBe(false)
  })
})
