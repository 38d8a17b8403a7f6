import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import type { ChildEvent, GatewayCommand } from '../child-messages.ts'
import {
  ackEvent,
  failureReason,
  lookupOutcome,
  messageEvent,
  qrEvent,
  sendOutcome,
  wordOf,
} from './venom-answers.ts'
import { loadVenom, type VenomClient, type VenomModule } from './venom-module.ts'

type ConnectCommand = Extract<GatewayCommand, { type: 'connect' }>
type Request = Exclude<GatewayCommand, ConnectCommand>
type Tell = (event: ChildEvent) => void

/** Below the session folder; venom makes both for everybody to read and write. */
const openFolders = ['tokens', 'tokens/ura'] as const

/** A session of venom-bot that is asked by commands and tells events. */
export class VenomSession {
  readonly #tell: Tell
  #client: VenomClient | null = null

  constructor(tell: Tell) {
    this.#tell = tell
  }

  /** Starts venom and its browser; tells how that went on. */
  async connect(command: ConnectCommand): Promise<void> {
    let venom: VenomModule
    try {
      venom = loadVenom(command.modulesFolder)
    } catch {
      this.#tell({ type: 'failed', reason: 'module_missing' })
      return
    }
    try {
      const client = await venom.create(this.#createOptions(command))
      closeFolders(command.sessionFolder)
      await this.#listen(client)
      this.#client = client
      this.#tell({ type: 'ready' })
    } catch (error) {
      this.#tell({ type: 'failed', reason: failureReason(error) })
    }
  }

  async answer(request: Request): Promise<void> {
    const { request: number } = request
    const client = this.#client
    if (client === null) {
      // Nothing can have left, and who asked too early may ask again.
      this.#tell({ type: 'refusal', request: number, reason: 'lookup_failed' })
      return
    }
    switch (request.type) {
      case 'resolve':
        this.#outcome(number, lookupOutcome(await settled(client.checkNumberStatus(request.chatId))))
        return
      case 'send':
        this.#outcome(number, sendOutcome(await settled(client.sendText(request.chatId, request.text))))
        return
      case 'probe':
        this.#tell({
          type: 'answer',
          request: number,
          value: wordOf(await settled(client.getConnectionState())),
        })
        return
      case 'log_out':
        await settled(client.logout())
        this.#tell({ type: 'answer', request: number, value: null })
        return
      case 'close':
        await settled(client.close())
        this.#tell({ type: 'answer', request: number, value: null })
    }
  }

  #outcome(request: number, outcome: ReturnType<typeof sendOutcome>): void {
    if ('value' in outcome) {
      this.#tell({ type: 'answer', request, value: outcome.value })
    } else {
      this.#tell({ type: 'refusal', request, reason: outcome.refusal })
    }
  }

  #createOptions({ browserPath, sessionFolder }: ConnectCommand) {
    return {
      session: 'ura',
      headless: 'new' as const,
      browserPathExecutable: browserPath,
      mkdirFolderToken: sessionFolder,
      folderNameToken: 'tokens',
      logQR: false,
      disableSpins: true,
      disableWelcome: true,
      updatesLog: false,
      // The gateway has deadlines of its own.
      autoClose: 0,
      waitForLogin: true,
      catchQR: (image: unknown) => this.#tellIfAny(qrEvent(image)),
      statusFind: (status: unknown) => {
        closeFolders(sessionFolder)
        const step = wordOf(status)
        this.#tellIfAny(step === null ? null : { type: 'progress', step })
      },
    }
  }

  async #listen(client: VenomClient): Promise<void> {
    await client.onStateChange((value) => {
      const state = wordOf(value)
      this.#tellIfAny(state === null ? null : { type: 'state', state })
    })
    await client.onAck((value) => this.#tellIfAny(ackEvent(value)))
    await client.onMessage((value) => this.#tellIfAny(messageEvent(value)))
  }

  #tellIfAny(event: ChildEvent | null): void {
    if (event !== null) {
      this.#tell(event)
    }
  }
}

/** What a promise came to, whichever way: venom rejects with what others resolve with. */
async function settled(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise
  } catch (error) {
    return error
  }
}

function closeFolders(sessionFolder: string): void {
  for (const folder of openFolders) {
    try {
      chmodSync(join(sessionFolder, folder), 0o700)
    } catch {
      // Not made yet; the folder above both is closed anyway.
    }
  }
}
