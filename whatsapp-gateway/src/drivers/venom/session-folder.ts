import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartupError } from '@ura/core/service'
import { isVenomInstalled } from './child/venom-module.ts'
import { killGroup, startTimeOf } from './process-group.ts'

/** What adds venom-bot; the lock beside the manifest says which 648 packages these are. */
export const installCommand =
  'PUPPETEER_SKIP_DOWNLOAD=1 npm ci --ignore-scripts --prefix whatsapp-gateway/venom'

/** @throws StartupError when venom-bot or the browser is not there; a wrong browser path makes venom download one. */
export function requireVenomAndBrowser(options: { modulesFolder: string; browserPath: string }): void {
  const { modulesFolder, browserPath } = options
  if (!isVenomInstalled(modulesFolder)) {
    throw new StartupError(
      `O venom-bot não está instalado em ${modulesFolder}. Instale-o, na pasta do projeto, com:\n  ${installCommand}\n` +
        'ou indique a pasta em VENOM_MODULES. Veja docs/whatsapp-venom.md.',
    )
  }
  if (!isExecutableFile(browserPath)) {
    throw new StartupError(
      `Não há um navegador executável em ${browserPath}. Instale o Chromium (Debian: apt install chromium) ou indique ` +
        'o caminho em VENOM_BROWSER.',
    )
  }
}

/**
 * The folder that holds the login, readable by its owner alone and used by one gateway at a time. The lock is the
 * kernel's, by way of SQLite, so that it ends with the process however that ends.
 */
export class SessionFolder {
  readonly path: string
  readonly #lock: DatabaseSync

  /** @throws StartupError when another gateway uses the folder, or it can't be made */
  constructor(path: string) {
    this.path = path
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 })
      chmodSync(path, 0o700)
      this.#lock = new DatabaseSync(join(path, 'lock.sqlite'))
      this.#lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
      chmodSync(join(path, 'lock.sqlite'), 0o600)
    } catch (error) {
      throw new StartupError(
        `A pasta da sessão do WhatsApp (${path}) não pode ser usada: ` +
          `${/locked/.test(String(error)) ? 'outro gateway já a usa' : (error as Error).message}.`,
      )
    }
  }

  get countFile(): string {
    return join(this.path, 'sent-today')
  }

  /** Remembers the process group that uses the folder. */
  noteProcess(groupId: number): void {
    writeFileSync(this.#processFile, `${groupId} ${startTimeOf(groupId) ?? ''}\n`, { mode: 0o600 })
  }

  /** Ends what an earlier gateway left running, when it is still the process that was noted. */
  async endLeftover(): Promise<void> {
    let noted: string
    try {
      noted = readFileSync(this.#processFile, 'utf8')
    } catch {
      return
    }
    const [, groupId, startTime] = /^(\d+) (\d+)\n$/.exec(noted) ?? []
    if (groupId !== undefined && startTimeOf(Number(groupId)) === startTime) {
      await killGroup(Number(groupId))
    }
    rmSync(this.#processFile, { force: true })
  }

  /** Forgets the login. */
  removeLogin(): void {
    rmSync(join(this.path, 'tokens'), { recursive: true, force: true, maxRetries: 5 })
  }

  /** Lets the next gateway have it; nothing of ours runs by then. */
  release(): void {
    rmSync(this.#processFile, { force: true })
    this.#lock.close()
  }

  get #processFile(): string {
    return join(this.path, 'process')
  }
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
