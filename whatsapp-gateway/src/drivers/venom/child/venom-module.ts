import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** The part of venom-bot 5.3.0 that is used; what it gives is not believed, hence `unknown`. */
export interface VenomModule {
  create(options: VenomCreateOptions): Promise<VenomClient>
}

export interface VenomCreateOptions {
  session: string
  headless: 'new'
  browserPathExecutable: string
  mkdirFolderToken: string
  folderNameToken: string
  logQR: boolean
  disableSpins: boolean
  disableWelcome: boolean
  updatesLog: boolean
  autoClose: number
  waitForLogin: boolean
  catchQR: (image: unknown) => void
  statusFind: (status: unknown) => void
}

export interface VenomClient {
  sendText(to: string, content: string): Promise<unknown>
  checkNumberStatus(chatId: string): Promise<unknown>
  getConnectionState(): Promise<unknown>
  logout(): Promise<unknown>
  close(): Promise<unknown>
  onMessage(listener: (message: unknown) => void): Promise<unknown>
  onAck(listener: (ack: unknown) => void): Promise<unknown>
  onStateChange(listener: (state: unknown) => void): Promise<unknown>
}

/** The folder of venom-bot below the folder that it was installed in. */
export function venomFolder(modulesFolder: string): string {
  return join(modulesFolder, 'node_modules', 'venom-bot')
}

export function isVenomInstalled(modulesFolder: string): boolean {
  return existsSync(join(venomFolder(modulesFolder), 'package.json'))
}

/**
 * Loads venom-bot and changes what it does to the process that loads it; meant for a process that does nothing else.
 * @throws what `require` throws when it is not installed
 */
export function loadVenom(modulesFolder: string): VenomModule {
  const require = createRequire(join(modulesFolder, 'package.json'))
  keepBrowserInGroup(require)
  skipUpdateCheck(require, modulesFolder)
  const venom = require('venom-bot') as VenomModule
  // It leaves promises to their fate as a matter of course (a send that WhatsApp Web answers in an unknown way is one);
  // a deadline is kept by who asked.
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', () => {})
  return venom
}

/** Puppeteer starts the browser in a process group of its own, which would outlive a killed group of ours. */
function keepBrowserInGroup(require: NodeJS.Require): void {
  const childProcess = require('node:child_process') as {
    spawn: (file: string, args: readonly string[], options?: SpawnOptions) => ChildProcess
  }
  const { spawn } = childProcess
  childProcess.spawn = (file, args, options) => spawn(file, args, { ...options, detached: false })
}

/** `create` asks the package registry for a newer version first, whatever `updatesLog` says, and waits for the answer. */
function skipUpdateCheck(require: NodeJS.Require, modulesFolder: string): void {
  const path = require.resolve(join(venomFolder(modulesFolder), 'dist/controllers/check-up-to-date.js'))
  const replaced = { exports: { checkUpdates: async () => true }, loaded: true, id: path, filename: path }
  require.cache[path] = replaced as unknown as NodeJS.Module
}
