import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Programs that play a WAV file, and what they must be told to do so quietly. */
const programs: readonly (readonly [string, ...string[]])[] = [
  ['aplay', '-q'],
  ['paplay'],
  ['play', '-q'],
  ['ffplay', '-nodisp', '-autoexit', '-loglevel', 'quiet'],
  ['afplay'],
]

/** Plays what the call plays, on this machine's loudspeaker. */
export class Player {
  readonly #program: readonly [string, ...string[]]
  readonly #promptFolder: string
  readonly #folder: string

  private constructor(program: readonly [string, ...string[]], promptFolder: string, folder: string) {
    this.#program = program
    this.#promptFolder = promptFolder
    this.#folder = folder
  }

  /** Null when the system has none of the known programs. */
  static async create(promptFolder: string): Promise<Player | null> {
    const program = programs.find(
      ([name]) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined,
    )
    return program === undefined
      ? null
      : new Player(program, promptFolder, await mkdtemp(join(tmpdir(), 'ura-phone-')))
  }

  /** Resolves when the sound is over, or at once when the signal stops it or there is nothing to play. */
  async play(file: string, signal: AbortSignal): Promise<void> {
    const path = /^https?:/.test(file) ? await this.#download(file) : join(this.#promptFolder, `${file}.wav`)
    if (!existsSync(path) || signal.aborted) {
      return
    }
    const [name, ...options] = this.#program
    await new Promise<void>((resolve) => {
      const child = spawn(name, [...options, path], { stdio: 'ignore', signal })
      child.once('error', () => resolve())
      child.once('exit', () => resolve())
    })
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #download(url: string): Promise<string> {
    const path = join(this.#folder, new URL(url).pathname.replaceAll(/[^\w.]/g, '_'))
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })
    await writeFile(path, new Uint8Array(await response.arrayBuffer()))
    return path
  }
}
