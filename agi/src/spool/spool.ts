import type { Clock } from '@ura/core/clock'
import { StartupError } from '@ura/core/service'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import { isOfKind, placeOf, SpoolFolder, spoolId } from './spool-folder.ts'
import type { SpooledFile, SpooledRequest } from './spooled-request.ts'

/** Why a request could not be spooled; the caller must not be told that it was. */
export class SpoolFullError extends Error {
  override readonly name = 'SpoolFullError'
}

/** How full the spool is. */
export interface SpoolState {
  /** Requests that wait for the API. */
  pending: number
  /** Requests that wait for an administrator. */
  dead: number
  /** When the oldest that waits for the API was spooled; null when none does. */
  oldestAt: Date | null
}

/** A record with its 200 steps has less than half of it. */
const requestBytesMax = 64 * 1024
/** A voice note of 61 s in base64. */
const voiceNoteBytesMax = 1_310_000
/** So many voice notes at most, 131 MB. */
const voiceNotesMax = 100

/**
 * What the ticket API could not take, on this host's disk until it does. One owner at a time; full at `requestsMax`
 * requests, dead letters included, so at most 64 KiB times that and 131 MB of voice notes. Call records take at most half
 * of it, and voice notes a quarter, since a ticket is worth more.
 */
export class Spool {
  readonly folder: SpoolFolder
  readonly #clock: Clock
  readonly #requestsMax: number
  readonly #lock: FolderLock
  #lastPlace = 0
  /** Requests are added one after another, so that each is counted before the next. */
  #adding: Promise<unknown> = Promise.resolve()

  private constructor(options: { folder: SpoolFolder; clock: Clock; requestsMax: number; lock: FolderLock }) {
    this.folder = options.folder
    this.#clock = options.clock
    this.#requestsMax = options.requestsMax
    this.#lock = options.lock
  }

  /** @throws StartupError when the folder can't be made, or another service has it */
  static open(options: { path: string; requestsMax: number; clock: Clock }): Spool {
    const { path, requestsMax, clock } = options
    const folder = new SpoolFolder(path)
    let lock: FolderLock | null
    try {
      folder.prepare()
      lock = lockFolder(path)
    } catch (error) {
      throw new StartupError(`the spool ${path} can't be opened: ${(error as Error).message}`, {
        cause: error,
      })
    }
    if (lock === null) {
      throw new StartupError(
        `the spool ${path} is in use by another FastAGI service: give each its own AGI_SPOOL_DIR`,
      )
    }
    return new Spool({ folder, clock, requestsMax, lock })
  }

  /**
   * Keeps a request, behind all that are kept already; it is on disk when this resolves.
   * @throws SpoolFullError when there is no room
   * @throws Error of the file system, as ENOSPC; nothing is kept then
   */
  add(request: SpooledRequest): Promise<void> {
    const added = this.#adding.then(() => this.#add(request))
    this.#adding = added.catch(() => {})
    return added
  }

  async #add(request: SpooledRequest): Promise<void> {
    const [pending, dead] = [await this.folder.ids('pending'), await this.folder.ids('dead')]
    const all = [...pending, ...dead]
    const ofItsKind = all.filter((id) => isOfKind(id, request.kind)).length
    if (all.length >= this.#requestsMax || ofItsKind >= this.#mostOf(request.kind)) {
      throw new SpoolFullError(`the spool holds ${all.length} requests`)
    }
    const now = this.#clock.now()
    const file: SpooledFile = { spooledAt: now.toISOString(), request }
    const bytesMax = request.kind === 'voice-note' ? voiceNoteBytesMax : requestBytesMax
    if (Buffer.byteLength(JSON.stringify(file)) > bytesMax) {
      throw new SpoolFullError(`the request has more than ${bytesMax} bytes`)
    }
    // A clock that was set back must not put a request in front of earlier ones.
    const last = Math.max(this.#lastPlace, ...all.map(placeOf))
    this.#lastPlace = Math.max(now.getTime(), last + 1)
    await this.folder.put('pending', spoolId(this.#lastPlace, request.kind), file)
  }

  #mostOf(kind: SpooledRequest['kind']): number {
    const all = this.#requestsMax
    const most = {
      ticket: all,
      'call-record': Math.floor(all / 2),
      'voice-note': Math.min(voiceNotesMax, Math.floor(all / 4)),
    }
    return most[kind]
  }

  async state(): Promise<SpoolState> {
    const [pending, dead] = [await this.folder.ids('pending'), await this.folder.ids('dead')]
    const [oldest] = pending
    return {
      pending: pending.length,
      dead: dead.length,
      oldestAt: oldest === undefined ? null : new Date(placeOf(oldest)),
    }
  }

  /** Lets another service have the folder, when what is being added is there. */
  async close(): Promise<void> {
    await this.#adding
    this.#lock.release()
  }
}
